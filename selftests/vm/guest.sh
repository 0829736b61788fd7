#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Process 1 of the virtual machine, once the host's root is its root: runs the
# one command it was started for, leaves that command's exit status for
# run.sh, and powers off.
#
# The command's output goes to the host through a virtio port, and through
# cat: a port has one opener, and scripts like to open /dev/stderr again.

vm=/run/sipfast-vm
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root TERM=${TERM:-dumb}

power_off()
{
	sync
	echo o >/proc/sysrq-trigger
	while :; do sleep 1; done
}

run_shell()
{
	echo "vm: $(uname -r), a shell in $PWD; exit powers the machine off"
	setsid -c bash --login </dev/ttyS0 >/dev/ttyS0 2>&1
	echo $? >$vm/status
}

# The emulator loses its way when the kernel patches its own code under traffic
# on two processors: it may never see the breakpoint go that stands for a static
# key in the making, and both spin on it. So the keys that tests would flip, those
# of the hooks and of the packet taps, are on for as long as the machine is. (The
# debug kernel is built without static keys.)
hold_static_keys()
{
	nft -f - <<-NFT
		table netdev held {
			chain ingress {
				type filter hook ingress device "lo" priority 0
			}
		}
		table inet held {
			chain prerouting {
				type filter hook prerouting priority 0
			}
			chain input {
				type filter hook input priority 0
			}
			chain forward {
				type filter hook forward priority 0
			}
			chain output {
				type filter hook output priority 0
			}
			chain postrouting {
				type filter hook postrouting priority 0
			}
		}
	NFT
	tcpdump -i lo -w /dev/null >/dev/null 2>&1 </dev/null &
}

# A background process that outlives the command keeps the pipe open: the
# last of the output is waited for, but not for ever.
run_command()
{
	local port cat tries

	for ((tries = 0; tries < 50; tries++)); do
		port=$(echo /dev/vport[0-9]*p1)
		[ ! -c "$port" ] || break
		sleep 0.1
	done
	exec 3> >(exec cat >"$port")
	cat=$!
	bash $vm/command </dev/null >&3 2>&1 3>&-
	echo $? >$vm/status
	exec 3>&-
	for ((tries = 0; tries < 20; tries++)); do
		kill -0 $cat 2>/dev/null || break
		sleep 0.1
	done
}

complain()
{
	echo "vm: guest: $*" >/dev/kmsg
}

# What nobody points to any more. An object is reported once it is five seconds
# old. On a debug kernel all but our module is built in: an address without a
# name is one of a module that has gone.
leaks()
{
	local kmemleak=/sys/kernel/debug/kmemleak

	sleep 6
	echo scan >$kmemleak && echo scan >$kmemleak || return
	awk '
	function flush() {
		if (object ~ /\[sipfast\]|\] 0xffffffff/)
			printf "%s", object
		object = ""
	}
	/^unreferenced object/ { flush() }
	{ object = object $0 "\n" }
	END { flush() }' $kmemleak
}

# Lockdep and kmemleak look on no more when something is too much for them.
look_back()
{
	local line

	grep -q 'debug_locks: *1$' /proc/lockdep_stats ||
		complain "lockdep was turned off"
	while read -r line; do
		complain "leaked: $line"
	done < <(leaks || echo "kmemleak was turned off")
}

cd "$(<$vm/directory)" || power_off
set -a
# shellcheck source=/dev/null # written by run.sh
. $vm/environment
set +a

# from here on the console shows what the kernel has to say
echo 7 >/proc/sys/kernel/printk
read -r uptime _ </proc/uptime
echo "vm: in user space after $uptime s" >/dev/kmsg
if [ -e $vm/command ]; then
	if [ -e /sys/kernel/debug/kmemleak ]; then
		run_command
		look_back
	else
		[ "$(nproc)" -eq 1 ] || hold_static_keys
		run_command
	fi
else
	run_shell
fi
power_off

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Boots a stock kernel under QEMU and runs one command in it as root.
#
#   selftests/vm/run.sh -- selftests/net/relay_v4.sh
#   selftests/vm/run.sh --timeout 60 -- sh -c 'insmod kmod/sipfast.ko; nft list ruleset'
#   selftests/vm/run.sh --shell
#
# The guest's root is this machine's root: read-only underneath, a tmpfs over
# it, so whatever is installed here runs there, in the same directory, and
# what it changes is gone with it. Only --results is really written to.
# The command's output is streamed to stdout. The kernel's modules are found
# by modprobe. KSFT_MACHINE_SLOW=yes tells tests that time runs slowly, and
# SIPFAST_PATIENCE how slowly: everything is emulated. Booting takes some 10
# seconds; a debug kernel (6.1-debug) takes three times as long for everything,
# and ends with the first warning.
#
# Exit status: that of the command; 124 when the guest was ended by the
# timeout; 125 when it died or never started; 1 when the command succeeded
# but the kernel complained (WARNING, BUG, Oops, lockdep, KASAN, ...), which
# is then shown behind `# '.

set -euo pipefail

here=$(realpath "$(dirname "$0")")
top=$(realpath "$here/../..")

kernel=6.1
timeout=600
smp=2
memory=
append=
shell=
results=
accel=tcg
icount=
plugin=

usage()
{
	cat <<'END'
usage: selftests/vm/run.sh [OPTION]... -- COMMAND [ARGUMENT]...
       selftests/vm/run.sh [OPTION]... --shell

  --kernel 6.1      series or release, see scripts/kernel.sh
  --timeout 600     seconds until a hung guest is ended
  --smp 2           processors
  --memory 2048     MiB; 3072 for a debug kernel
  --append STRING   more for the kernel's command line
  --results DIR     writable in the guest as $SIPFAST_RESULTS
  --accel tcg       kvm where a stock kernel runs under it
  --icount          time is the number of instructions: one processor, on
                    which each takes a nanosecond, and idling none at all
  --plugin FILE,... for QEMU
  --shell           a shell on the console instead of a command
END
}

fail()
{
	echo "Bail out! vm: $1"
	exit "$2"
}

parse_options()
{
	while [ $# -gt 0 ]; do
		case $1 in
		--kernel|--timeout|--smp|--memory|--append|--results|--accel|--plugin)
			[ $# -ge 2 ] || { usage >&2; exit 2; }
			printf -v "${1#--}" %s "$2"
			shift
			;;
		--shell)
			shell=yes
			;;
		--icount)
			icount=yes
			;;
		-h|--help)
			usage
			exit
			;;
		--)
			shift
			break
			;;
		*)
			usage >&2
			exit 2
			;;
		esac
		shift
	done
	command=("$@")
	if [ -z "$shell" ] && [ ${#command[@]} -eq 0 ]; then
		usage >&2
		exit 2
	fi
}

# busybox, and the modules between the kernel and a root on 9p, in order.
build_initrd()	# RELEASE
{
	local dir=$work/initrd verb path name

	mkdir -p "$dir/bin" "$dir/dev" "$dir/modules"
	cp "$(command -v busybox)" "$dir/bin/busybox"
	ln -s busybox "$dir/bin/sh"
	install -m 755 "$here/init.sh" "$dir/init"
	while read -r verb path _; do
		[ "$verb" = insmod ] || continue
		name=$(basename "$path")
		case $name in
		*.xz)	name=${name%.xz}; xz -dc "$path" ;;
		*.zst)	name=${name%.zst}; zstd -qdc "$path" ;;
		*)	cat "$path" ;;
		esac >"$work/module"
		[ -e "$dir/modules/$name" ] || echo "$name"
		mv "$work/module" "$dir/modules/$name"
	done < <(PATH=$PATH:/sbin modprobe -d "$root" -S "$1" -a \
		 --show-depends virtio_pci 9pnet_virtio 9p overlay \
		 virtio_console) >"$dir/modules/order"
	(cd "$dir" && find . | cpio --quiet -o -H newc) >"$work/initrd.img"
}

# All the guest needs to know is in files of the directory it shares.
write_orders()	# RELEASE
{
	local name

	mkdir -p "$share"
	echo "$here/guest.sh" >"$share/guest"
	realpath "$root/lib/modules/$1" >"$share/modules"
	pwd >"$share/directory"
	{
		echo "KSFT_MACHINE_SLOW=yes"
		echo "SIPFAST_PATIENCE=$patience"
		echo "SIPFAST_VM=$1"
		echo "SIPFAST_RESULTS=/run/sipfast-vm/results"
		for name in CI LANG TERM ${!SIPFAST*}; do
			case $name in
			SIPFAST_PATIENCE|SIPFAST_VM|SIPFAST_RESULTS)
				continue
				;;
			esac
			[ -z "${!name+set}" ] ||
				printf '%s=%q\n' "$name" "${!name}"
		done
	} >"$share/environment"
	if [ -n "$shell" ]; then
		return
	fi
	printf '%q ' "${command[@]}" >"$share/command"
}

# Becomes the machine: to be called in a subshell.
boot()	# RELEASE
{
	local cmdline="console=ttyS0 quiet panic=-1 oops=panic"
	local device=() cpu=max

	cmdline+=" mitigations=off rcupdate.rcu_cpu_stall_timeout=$stall"
	cmdline+=" $strictness"
	if [ -n "$shell" ]; then
		device=(-serial "mon:stdio" -echr 0x1d)
	else
		device=(-serial "file:$console" -monitor none
			-chardev "stdio,id=output,signal=off"
			-device virtio-serial-pci
			-device "virtserialport,chardev=output")
	fi
	[ "$accel" != kvm ] || cpu=host
	if [ -n "$icount" ]; then
		# `rep movsb' would count as one instruction for each byte
		cpu=max,-erms,-fsrm
		smp=1
		device+=(-icount "shift=0,sleep=off")
	fi
	[ -z "$plugin" ] || device+=(-plugin "$plugin")
	exec timeout --foreground -k 10 "$timeout" qemu-system-x86_64 \
		-machine "q35,accel=$accel" -cpu "$cpu" \
		-smp "$smp" -m "$memory" -nic none -display none -no-reboot \
		-kernel "$root/boot/vmlinuz-$1" -initrd "$work/initrd.img" \
		-append "$cmdline $append" "${device[@]}" \
		-virtfs "local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap" \
		-virtfs "local,path=$share,mount_tag=results,security_model=none,multidevs=remap"
}

# The first complaint and what follows it, with the last note a test left in
# the log before it (`sipfast-test: ...') to say whose it was. Linux 6.1 walks
# lists of nf_tables under its commit mutex and does not say so to PROVE_RCU_LIST:
# that one complaint is not about us.
kernel_complaints()
{
	tr -d '\r' <"$console" | awk '
	/sipfast-test: / { note = $0 }
	/WARNING: suspicious RCU usage/ { held = $0; next }
	held && /net\/netfilter\/(nf_tables|nft)_[^ ]* RCU-list traversed/ {
		held = ""
	}
	held && /:[0-9]+ / {
		$0 = held "\n# " $0
		held = ""
	}
	/(WARNING: |BUG: |Oops|KASAN|UBSAN|suspicious RCU|general protection)/ ||
	/(Kernel panic|possible (circular|recursive) lock|inconsistent lock)/ ||
	/(rcu: INFO: .* stall|INFO: task .* blocked|refcount_t: )/ ||
	/(unregister_netdevice: waiting|list_(add|del) corruption|vm: init: )/ ||
	/(vm: guest: |ODEBUG: |INFO: trying to register non-static key)/ {
		if (!found++ && note)
			print "# " note
		left = 40
	}
	/sysrq: Power Off/ { exit }
	left-- > 0 { print "# " $0 }
	END { exit !found && !held }'
}

# Whoever ends a guest that hangs wants to know what its kernel has said.
end_guest()
{
	trap '' INT TERM
	kill "$machine"
	wait "$machine" || :
	kernel_complaints || tail -n 20 "$console" | sed 's/^/# /'
	exit 143
}

parse_options "$@"
root=$("$top/scripts/kernel.sh" image "$kernel")
release=$(basename "$root")
# How many times longer than on a real machine everything may take, how long a
# CPU may spin, and what the kernel is to make of a mistake.
patience=${SIPFAST_PATIENCE:-3}
stall=60
strictness=
if [[ $release == *-debug-* ]]; then
	patience=${SIPFAST_PATIENCE:-8}
	stall=120
	strictness="panic_on_warn=1 watchdog_thresh=30"
fi
[ -n "$memory" ] || { [ -n "$strictness" ] && memory=3072; } || memory=2048
work=$(mktemp -d "${TMPDIR:-/tmp}/sipfast-vm.XXXXXX")
trap 'rm -rf "$work"' EXIT
share=$work/share
console=$work/console.log
: >"$console"

build_initrd "$release"
write_orders "$release"
mkdir "$share/results"

# Guests take turns: two at once are slower than one after the other, and the
# tests in them run into their bounds.
if [ -z "$shell" ]; then
	exec 7>"$("$top/scripts/kernel.sh" cache)/.vm.lock"
	flock 7
fi

boot_status=0
if [ -n "$shell" ]; then
	(boot "$release") || boot_status=$?
else
	# an input that never ends: at its end qemu would close the output too
	mkfifo "$work/input"
	exec 8<>"$work/input"
	boot "$release" <&8 2>"$work/qemu.log" &
	machine=$!
	trap end_guest INT TERM
	wait $machine || boot_status=$?
fi

if [ -n "$results" ]; then
	mkdir -p "$results"
	cp -a "$share/results/." "$results/"
fi
complained=
if kernel_complaints; then
	complained=yes
fi
case $boot_status in
0)	;;
124|137)
	fail "the guest was ended after $timeout s" 124
	;;
*)
	sed 's/^/# /' "$work/qemu.log" 2>/dev/null || :
	fail "qemu failed with status $boot_status" 125
	;;
esac
if [ ! -s "$share/status" ]; then
	[ -n "$complained" ] || tail -n 20 "$console" | sed 's/^/# /'
	fail "the guest died before its command was done" 125
fi
status=$(<"$share/status")
if [ "$status" -eq 0 ] && [ -n "$complained" ]; then
	echo "# vm: the kernel complained, see above"
	exit 1
fi
exit "$status"

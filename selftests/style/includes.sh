#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Who may include whom, as Documentation/architecture.rst says. What the walls
# of the house are worth is seen here: each rule is a grep that finds nothing.

here=$(realpath "$(dirname "$0")")
# shellcheck source=selftests/lib/ktap.sh
. "$here/../lib/ktap.sh"
cd "$here/../.." || exit

# A line of these files matches; generated and kbuild's own files apart.
nowhere()	# REGEX FILE...
{
	local regex=$1

	shift
	[ $# -gt 0 ] || { echo "no file to look at"; return 1; }
	! grep -nE -- "$regex" "$@" /dev/null
}

sources()	# DIRECTORY [FIND-EXPRESSION...]
{
	local dir=$1

	shift
	[ -d "$dir" ] && find "$dir" -name '*.[ch]' ! -name '*.mod.c' "$@"
}

# What a room of the daemon includes of other rooms.
room_includes()	# ROOM ALLOWED-ROOM...
{
	local allowed

	allowed=$(IFS='|'; echo "$*")
	mapfile -t files < <(sources "daemon/$1")
	! grep -nE '^#include "[a-z]+/' "${files[@]}" /dev/null |
		grep -vE "#include \"($allowed)/"
}

# The whole of it, a room per line: who, and whom it may include. What stands
# in main.c and gateway/ ties the rooms together and may include them all.
rooms="log
conf
store log
sip
sdp sip
transport sip
nl
media
call sip sdp media store log
alg sip sdp call transport store log
ctl alg call media transport store"

c_include='^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]'

ktap_plan $((13 + $(wc -l <<<"$rooms")))

mapfile -t files < <(sources kmod ! -path 'kmod/netlink*' ! -name main.c)
ktap_test "kmod: only netlink and main see netlink" \
	nowhere "$c_include((uapi/)?linux/(gen)?netlink|net/(gen)?netlink|netlink_)" \
	"${files[@]}"

mapfile -t files < <(sources kmod ! -name compat.h)
ktap_test "kmod: only compat.h knows the version of the kernel" \
	nowhere 'LINUX_VERSION_CODE|KERNEL_VERSION' "${files[@]}"

mapfile -t files < <(sources kmod -name '*.c' ! -name 'netlink_gen.c')
ktap_test "kmod: no conditional compilation in a .c file" \
	nowhere '^[[:space:]]*#[[:space:]]*(if|ifdef|ifndef|elif)\>' "${files[@]}"

mapfile -t files < <(sources kmod/core ! -name os.h)
ktap_test "kmod/core includes core" \
	nowhere "$c_include(.*/|[^\"]*>|linux|net)" "${files[@]}"
mapfile -t files < <(sources kmod/core)
ktap_test "kmod/core knows no skb, lock or clock" \
	nowhere 'sk_buff|spin_lock|mutex|jiffies|ktime|kmalloc|kfree|printk' \
	"${files[@]}"

mapfile -t files < <(sources kmod; sources uapi)
ktap_test "kmod knows nothing of user space" \
	nowhere "$c_include(.*/)?(daemon|tools|selftests)/" "${files[@]}"

mapfile -t files < <(sources daemon; sources tools)
ktap_test "user space meets the module in the uapi" \
	nowhere "$c_include(.*/)?(kmod|selftests)/" "${files[@]}"

mapfile -t files < <(sources daemon ! -path 'daemon/sip/*'; sources tools)
ktap_test "only daemon/sip sees libosip2" \
	nowhere "$c_include(osip|osipparser)" "${files[@]}"

mapfile -t files < <(sources daemon ! -path 'daemon/store/*'; sources tools)
ktap_test "only daemon/store sees SQLite" \
	nowhere "$c_include(sqlite3)" "${files[@]}"

mapfile -t files < <(sources daemon; sources tools)
ktap_test "no message is parsed or printed by libosip2" \
	nowhere '\<osip_[a-z_]+_to_str\>|\<osip_message_(parse|init)\>' \
	"${files[@]}"

mapfile -t files < <(sources daemon ! -path 'daemon/nl/*'; sources tools)
ktap_test "only daemon/nl sees libmnl and libnftnl" \
	nowhere "$c_include(libmnl|libnftnl)/" "${files[@]}"

mapfile -t files < <(sources daemon ! -path 'daemon/nl/*')
ktap_test "in the daemon only nl sees the uapi" \
	nowhere "$c_include(linux/sipfast|linux/.*netlink|linux/netfilter)" \
	"${files[@]}"

ktap_test "every room of the daemon has its rule" \
	diff <(cd daemon && printf '%s\n' */*.[ch] | cut -d/ -f1 | sort -u |
	       grep -v '^gateway$') <(cut -d' ' -f1 <<<"$rooms" | sort)

while read -r room allowed; do
	# kernel.c is where media meets the kernel
	if [ "$room" = media ]; then
		mapfile -t files < <(sources daemon/media ! -name kernel.c)
		ktap_test "daemon/media: nl in kernel.c only" \
			nowhere "$c_include(sip|sdp|alg|call|ctl|conf|transport|nl)/" \
			"${files[@]}"
		continue
	fi
	# shellcheck disable=SC2086 # a list of rooms
	ktap_test "daemon/$room includes${allowed:+ $allowed and} itself" \
		room_includes "$room" $allowed
done <<<"$rooms"
ktap_end

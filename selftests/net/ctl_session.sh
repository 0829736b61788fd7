#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# sipfastctl session against the module: by hand and in batches, what is shown,
# and how refusals are said, with the attribute and the exit status.

here=$(realpath "$(dirname "$0")")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"

[ "$(id -u)" -eq 0 ] || ktap_skip_all "needs root"
gateway_load 2>/dev/null || ktap_skip_all "sipfast.ko cannot be loaded here"

dir=$(mktemp -d)
topo_router || ktap_bail "no topology"
at_exit rm -rf "$dir"

ctl()
{
	in_gw "$SIPFASTCTL" "$@"
}

# Ends with a status, and says a text on its standard error.
ends()	# STATUS TEXT ARGUMENT...
{
	local wanted=$1 text=$2 status=0

	shift 2
	ctl "$@" >"$dir/out" 2>"$dir/err" || status=$?
	cat "$dir/out" "$dir/err"
	[ "$status" -eq "$wanted" ] && grep -qF -- "$text" "$dir/err"
}

# What jq says of the output is "true".
holds()	# FILTER ARGUMENT...
{
	local filter=$1

	shift
	ctl -j "$@" | jq -en "input | $filter"
}

many()	# FIRST N: a list of sessions, at ports from FIRST on
{
	jq -n --argjson first "$1" --argjson n "$2" '[range($n) | {
		cookie: "many-\(.)", stream: [{
			a: {local: {addr4: "192.168.1.1", port: ($first + .)},
			    remote: {addr4: "192.168.1.10", port: 4000}},
			b: {local: {addr4: "203.0.113.1", port: ($first + .)},
			    remote: {addr4: "203.0.113.10", port: 5000}}
		}]}]'
}

nat="rule nat a remote $PHONE_P:40000 b local $GW_WAN:20000 remote $WAN_S:30000"
relay="a local $GW_LAN:20002 remote $PHONE_P:40002
	b local $GW_WAN:20002 remote $WAN_S:30002"

ktap_plan 56

ktap_equal "at first there is none" "[]" "$(ctl -j session list)"
ktap_equal "and nothing to show" "" "$(ctl session list)"

# shellcheck disable=SC2086 # words
nat_id=$(ctl session add cookie one stream $nat learn same-address)
ktap_test "a session is made by hand, and its number said" \
	test "$nat_id" -gt 0
# shellcheck disable=SC2086 # words
relay_id=$(ctl -j session add cookie two idle-expire-ms 3600000 \
	stream id 3 $relay dscp 46 learn learn-once learn-window-ms 5000 \
	stream kind opaque a local "$GW_LAN:20004" remote "$PHONE_P:40004" \
	b local "[$GW_WAN6]:20004" remote "[$WAN_S6]:30004" | jq .id)
if [ -z "$relay_id" ]; then
	# shellcheck disable=SC2086 # a module without IPv4 to IPv6
	relay_id=$(ctl -j session add cookie two idle-expire-ms 3600000 \
		stream id 3 $relay dscp 46 learn learn-once \
		learn-window-ms 5000 stream kind opaque \
		a local "[$GW_LAN6]:20004" remote "[$PHONE_P6]:40004" \
		b local "[$GW_WAN6]:20004" remote "[$WAN_S6]:30004" | jq .id)
fi
ktap_test "another, as JSON" test "$relay_id" -gt "$nat_id"
ktap_test "a number can be shown" holds ".id == $nat_id" session show "$nat_id"
ktap_test "nat: a's local is b's remote" \
	holds '.stream[0].a.local == .stream[0].b.remote' session show "$nat_id"
ktap_test "what was given is what there is" holds \
	'.cookie == "two" and ."idle-expire-ms" == 3600000 and
	.stream[0].id == 3 and .stream[0].b.dscp == 46 and
	.stream[0].b.learn == "learn-once" and
	.stream[0].b."learn-window-ms" == 5000 and
	.stream[1].kind == "opaque"' session show "$relay_id"
ktap_test "IPv6 is written as text" holds \
	'.stream[1].b.local == {"addr6": "2001:db8:1::1", "port": 20004}' \
	session show "$relay_id"
ktap_test "both are listed" holds 'length == 2' session list
ktap_equal "as text, a line a stream and the headings" 4 \
	"$(ctl session list | wc -l)"
ktap_test "with both ends" eval "ctl session list | grep -F \
	'$PHONE_P:40000' | grep -qF '$WAN_S:30000'"
ktap_equal "in no more than 80 columns" "" \
	"$(ctl session list | grep 203.0.113 | awk 'length > 80')"

ktap_test "a remote is changed" ctl session set "$relay_id" \
	stream id 3 b remote "$WAN_T:30006"
ktap_test "and nothing else" holds \
	'.cookie == "two" and (.stream | length) == 2 and
	(.stream[] | select(.id == 3) |
	 .b.remote.addr4 == "203.0.113.20" and .b.dscp == 46)' \
	session show "$relay_id"
ktap_test "a stream is removed" ctl session set "$relay_id" stream-remove 3
ktap_test "and is gone" holds '.stream | length == 1' session show "$relay_id"
# shellcheck disable=SC2086 # words
ktap_test "its key is free" ctl session add stream $relay

ktap_test "limits of packets and bytes, and payloads for user space" \
	ctl session set "$relay_id" stream id 1 a rate-packets 50 \
	b rate-bytes 8000 stun user
ktap_test "are what there is" holds \
	'.stream[0].a."rate-packets" == 50 and
	.stream[0].b."rate-bytes" == 8000' session show "$relay_id"
ktap_test "and as text" eval \
	"ctl session show $relay_id | grep -q 'rate-packets: 50'"
ktap_test "a limit goes again" ctl session set "$relay_id" \
	stream id 1 a rate-packets 0
ktap_test "and is not shown any more" holds \
	'.stream[0].a | has("rate-packets") | not' session show "$relay_id"
ktap_test "an opaque stream shows no disposition" holds \
	'.stream[0] | has("stun") | not' session show "$relay_id"

# --- refusals -----------------------------------------------------------------

ktap_test "a taken key is refused by name" ends 1 "stream[0].a.local: " \
	session add stream a local "$GW_LAN:20002" remote "$PHONE_P:1" \
	b local "$GW_WAN:20008" remote "$WAN_S:1"
ktap_test "a missing port is refused by name" \
	ends 1 "stream[1].b.remote.port: " session add \
	stream a local "$GW_LAN:21000" remote "$PHONE_P:1" \
	b local "$GW_WAN:21000" remote "$WAN_S:1" \
	stream a local "$GW_LAN:21002" remote "$PHONE_P:1" \
	b local "$GW_WAN:21002" remote "$WAN_S:0"
ktap_test "a value out of range is refused with the range" \
	ends 1 "stream[0].b.dscp: integer out of range, 0 to 63" session add \
	stream a local "$GW_LAN:21000" remote "$PHONE_P:1" \
	b local "$GW_WAN:21000" remote "$WAN_S:1" dscp 64
ktap_test "a session without a stream is refused" \
	ends 1 "stream" session add cookie x
ktap_test "an unknown session is refused: show" \
	ends 1 "id: no such session" session show 4000000
ktap_test "... set" ends 1 "id: no such session" session set 4000000 cookie x
ktap_test "... del" ends 1 "id: no such session" session del 4000000
ktap_test "without CAP_NET_ADMIN nothing is told" \
	eval "! in_gw setpriv --bounding-set -net_admin --inh-caps -net_admin \
	$SIPFASTCTL session list 2>$dir/err && grep -q 'not permitted' $dir/err"
ktap_test "what is no command is refused before" \
	ends 2 "no such word: torrent" session add torrent

# --- batches ------------------------------------------------------------------

many 22000 1000 >"$dir/many.json"
ktap_test "1000 sessions are made from a file" \
	eval "ctl session add -f $dir/many.json >$dir/ids"
ktap_equal "1000 numbers are said, none twice" 1000 \
	"$(sort -u "$dir/ids" | wc -l)"
ktap_test "they are there" holds \
	'[.[] | select(.cookie // "" | startswith("many-"))] | length == 1000' \
	session list
ktap_test "once more they are refused, each" \
	eval "! ctl session add -f $dir/many.json 2>$dir/err"
ktap_equal "with its place" 1000 \
	"$(grep -c '^sipfastctl: \[[0-9]*\]: stream\[0\].a.local: ' "$dir/err")"
many 24000 3 | jq -c '.[1].cookie = 7' >"$dir/mixed.json"
ktap_test "one mistake does not hinder the others" \
	ends 2 "[1]: cookie: a string was expected" \
	session add -f "$dir/mixed.json"
ktap_equal "which are made" 2 "$(wc -l <"$dir/out")"
ktap_test "what is set comes from JSON as well" eval \
	"ctl -j session list | jq -c '[.[] | select(.cookie == \"many-5\") |
		{id, cookie: \"five\"}]' | ctl -j session set -f - |
		jq -en 'input | .[0].cookie == \"five\"'"

many 26000 600 >"$dir/batch.json"
ktap_test "600 sessions are made in few messages" \
	eval "ctl session batch $dir/batch.json >$dir/ids"
ktap_equal "600 numbers are said, none twice" 600 \
	"$(sort -u "$dir/ids" | wc -l)"
ktap_test "and as JSON" eval "jq '.[0:3] | map(.stream[0].a.local.port += 1000 |
	.stream[0].b.local.port += 1000)' $dir/batch.json |
	ctl -j session batch - | jq -en 'input | length == 3 and all(. > 0)'"
many 28000 300 | jq '.[290].stream[0].b.remote.port = 0' >"$dir/bad.json"
ktap_test "one that is refused takes its message with it, by name" \
	ends 1 "from [256] on: session[34].stream[0].b.remote.port: " \
	session batch "$dir/bad.json"
ktap_equal "and not the one before" 256 "$(wc -l <"$dir/out")"
many 28256 44 >"$dir/rest.json"
ktap_test "nothing is left of it" ctl session batch "$dir/rest.json"
ktap_test "no list is no batch" eval \
	"! echo '{}' | ctl session batch - 2>$dir/err &&
	grep -q 'a list was expected' $dir/err"

# --- commands from a file -------------------------------------------------------

cat >"$dir/script" <<-END
	# two sessions, and a look at them
	session add cookie script-1 stream ${nat//0000/0100}

	session add cookie script-2 stream ${nat//0000/0102}  # nat
	session list
END
ktap_test "the commands of a file are run" \
	eval "ctl -b $dir/script >$dir/out && [ \$(wc -l <$dir/out) -gt 3 ]"
ktap_test "the first that fails is the last" eval \
	"! printf 'version\nsession show 0\nsession flush\n' |
	ctl --batch - 2>$dir/err >/dev/null && ctl -j session list |
	jq -en 'input | any(.cookie == \"script-2\")'"
ktap_test "and it is said where" grep -q '^sipfastctl: stdin:2: ' "$dir/err"

# --- the end ------------------------------------------------------------------

ktap_test "del shows the last figures" holds \
	'."end-reason" == "deleted" and .stream[0].a.stats.packets == 0' \
	session del "$nat_id"
ktap_test "flush ends those of a cookie" ctl session flush many-
ktap_test "and no other" holds \
	'[.[].cookie] | contains(["five"]) and (index("many-1") == null)' \
	session list
ktap_test "flush ends all" ctl session flush
ktap_equal "there is none left" "[]" "$(ctl -j session list)"
ktap_test "statistics know" holds \
	'.sessions == 0 and ."sessions-made" > 1000' stats
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# The daemon's nft table and policy route do what they promise on the ordinary
# router of netns.sh: SIP of phones that would leave by the WAN is diverted and
# nothing else is, our signalling is not tracked, other flows keep away from our
# ports, and all of it goes with whoever made it, however that ends.

here=$(realpath "$(dirname "$0")")
top=$(realpath "$here/../..")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"

[ "$(id -u)" -eq 0 ] || ktap_skip_all "needs root"

dir=$(mktemp -d)
topo_router || ktap_bail "no topology"
at_exit rm -rf "$dir"

nft_owner=${SIPFAST_BUILD:-$top/build}/net/nft_owner
[ -x "$nft_owner" ] || ktap_bail "not built yet: make -C selftests/net"

# --- words --------------------------------------------------------------------

owner_says()	# TEXT
{
	[ "$(tail -n 1 "$dir/owner.log")" = "$1" ]
}

owner_start()
{
	rm -f "$dir/owner.in"
	mkfifo "$dir/owner.in"
	ip netns exec "$NS_GW" "$nft_owner" "$GW_WAN:5060" \
		<"$dir/owner.in" >"$dir/owner.log" 2>&1 &
	owner=$!
	exec 9>"$dir/owner.in"
	wait_for 10 owner_says ready
}

owner_ask()	# VERB ENDPOINT ANSWER
{
	: >"$dir/owner.log"
	echo "$1 $2" >&9
	wait_for 10 owner_says "$3"
}

# The end of its input is its end.
owner_stop()
{
	exec 9>&-
	wait "$owner"
}

owner_kill()
{
	kill -KILL "$owner"
	wait "$owner" 2>/dev/null
	exec 9>&-
	return 0
}

table_is_there()
{
	in_gw nft list table inet sipfast >/dev/null 2>&1
}

table_is_gone()
{
	! table_is_there
}

n_rules()
{
	in_gw ip rule list | grep -c 'fwmark 0x51000000/0xff000000 lookup 5060'
}

n_routes()
{
	in_gw ip route list table 5060 2>/dev/null | grep -c '^local default'
}

policy_is_gone()
{
	[ "$(n_rules)" -eq 0 ] && [ "$(n_routes)" -eq 0 ]
}

# Packets that a rule has counted, by chain and comment.
counted()	# CHAIN COMMENT
{
	in_gw nft list chain inet sipfast "$1" |
		sed -n "s/.*counter packets \([0-9]*\) .*comment \"$2\".*/\1/p" |
		head -n 1
}

# The daemon's part: a transparent socket that tells, for each datagram, from
# whom to whom it was and with what it came, and answers in that one's name.
divert_listen()
{
	ip netns exec "$NS_GW" python3 - >"$dir/divert.log" 2>&1 <<-'PYTHON' &
		import socket, struct
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.setsockopt(socket.SOL_IP, 19, 1)	# IP_TRANSPARENT
		s.setsockopt(socket.SOL_IP, 20, 1)	# IP_RECVORIGDSTADDR
		s.bind(("127.0.0.1", 5060))
		print("listening", flush=True)
		while True:
		    data, extra, _, source = s.recvmsg(2048, 128)
		    port, = struct.unpack_from("!H", extra[0][2], 2)
		    wanted = socket.inet_ntoa(extra[0][2][4:8])
		    print("%s:%d" % source, "%s:%d" % (wanted, port),
		          data.decode(), flush=True)
		    a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		    a.setsockopt(socket.SOL_IP, 19, 1)
		    a.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		    a.bind((wanted, port))
		    a.sendto(b"answer", source)
		    a.close()
	PYTHON
	wait_for 10 grep -qs listening "$dir/divert.log"
}

diverted()	# FROM TO TEXT
{
	grep -qxF "$1 $2 $3" "$dir/divert.log"
}

# What is sent from an endpoint here comes to an endpoint there, from SOURCE, a
# pattern of grep: how NAT has left it.
send_and_see()	# SENDER FROM TO RECEIVER SOURCE
{
	local taker status

	rm -f "$dir/taken" "$dir/ready"
	ip netns exec "$(ns_of "$4")" "$top/selftests/lib/datagram.py" \
		--timeout 10 --show-source take --ready "$dir/ready" "$3" \
		>"$dir/taken" 2>&1 &
	taker=$!
	wait_for 10 test -e "$dir/ready"
	echo text | ip netns exec "$(ns_of "$1")" \
		"$top/selftests/lib/datagram.py" send --no-answer "$2" "$3"
	wait "$taker"
	status=$?
	cat "$dir/taken"
	[ "$status" -eq 0 ] && grep -qE "source $5\$" "$dir/taken"
}

phone_asks()	# FROM TO
{
	printf 'hello' | in_phone p "$top/selftests/lib/datagram.py" \
		--timeout 10 --show-source send "$1" "$2" >"$dir/answer" 2>&1
	cat "$dir/answer"
	grep -qF answer "$dir/answer" && grep -qF "source $2" "$dir/answer"
}

# The user has a mark of their own; it is there when the packet is delivered.
user_marks()
{
	in_gw nft -f - <<-NFT
		table inet user {
			chain put {
				type filter hook prerouting priority mangle
				udp dport 5060 meta mark set 0xabcd
			}
			chain see {
				type filter hook input priority -10
				meta mark 0x5100abcd counter
			}
		}
	NFT
}

marks_are_kept()
{
	in_gw nft list chain inet user see | grep -q 'counter packets 1 '
}

tracked()	# conntrack's arguments
{
	[ -n "$(in_gw conntrack -L "$@" 2>/dev/null)" ]
}

untracked()
{
	! tracked "$@"
}

second_owner_is_refused()
{
	! ip netns exec "$NS_GW" "$nft_owner" </dev/null >"$dir/second.log" &&
		grep -qF "Operation not permitted" "$dir/second.log" &&
		table_is_there
}

moved='203\.0\.113\.1:6[1-5][0-9][0-9][0-9]'

# --- tests --------------------------------------------------------------------

ktap_plan 29

in_gw nft add table inet sipfast
ktap_test "the table is made, in place of one without an owner" owner_start
ktap_test "it is there" table_is_there
ktap_equal "with one policy rule" 1 "$(n_rules)"
ktap_equal "and one route" 1 "$(n_routes)"
ktap_test "a second owner is refused" second_owner_is_refused

user_marks || ktap_bail "no marks"
divert_listen || ktap_bail "no transparent socket"
ktap_test "a phone's SIP is diverted and answered as if by the server" \
	phone_asks "$PHONE_P:5060" "$WAN_S:5060"
ktap_test "with its destination known" \
	diverted "$PHONE_P:5060" "$WAN_S:5060" hello
ktap_test "conntrack did not see it" \
	untracked -p udp -s "$PHONE_P" -d "$WAN_S"
ktap_equal "nor the answer, which a rule took from it" 1 \
	"$(counted raw_out 'to phone')"
ktap_test "other bits of the mark are left alone" marks_are_kept

ktap_test "SIP for the router itself is left alone" \
	send_and_see p "$PHONE_P:5070" "$GW_LAN:5060" gw "$PHONE_P:5070"
ktap_test "SIP from phone to phone is left alone" \
	send_and_see p "$PHONE_P:5070" "$PHONE_Q:5060" q "$PHONE_P:5070"
ktap_test "another port is left alone" \
	send_and_see p "$PHONE_P:5070" "$WAN_S:5061" s "$GW_WAN:5070"
ktap_test "and tracked" tracked -p udp -s "$PHONE_P" --dport 5061
ktap_equal "only the one datagram was diverted" 1 \
	"$(counted divert 'phone to server')"

ktap_test "what we send from our port keeps it" \
	send_and_see gw "$GW_WAN:5060" "$WAN_S:5060" s "$GW_WAN:5060"
ktap_test "and is not tracked" untracked -p udp -s "$GW_WAN" --sport 5060
ktap_test "another flow from our port is moved away" \
	send_and_see q "$PHONE_Q:5060" "$WAN_S:3478" s "$moved"
ktap_test "another flow from a media port is moved away" \
	send_and_see q "$PHONE_Q:20000" "$WAN_S:3478" s "$moved"
ktap_test "another flow from any other port keeps it" \
	send_and_see q "$PHONE_Q:5070" "$WAN_S:3478" s "$GW_WAN:5070"

ktap_test "a port can be added" owner_ask add "$GW_WAN:5071" ok
ktap_test "and is guarded from then on" \
	send_and_see q "$PHONE_Q:5071" "$WAN_S:3478" s "$moved"
ktap_test "a port can be removed" owner_ask del "$GW_WAN:5071" ok
ktap_test "and is free again" \
	send_and_see p "$PHONE_P:5071" "$WAN_S:3479" s "$GW_WAN:5071"

owner_kill
ktap_test "killed, the owner takes the table along" wait_for 5 table_is_gone
ktap_test "the next one starts" owner_start
ktap_equal "and has not doubled the policy rule" "1 1" "$(n_rules) $(n_routes)"
ktap_test "it ends without an error" owner_stop
ktap_test "nothing is left" eval 'table_is_gone && policy_is_gone'
ktap_end

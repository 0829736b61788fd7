# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Copyright (C) 2026 The sipfast authors
#
# The ordinary router, in network namespaces of random names:
#
#	 phones (LAN)                 gateway                  hosts (WAN)
#
#	p 192.168.1.10 --+                                +-- s 203.0.113.10
#	  fd00:1::10     |  br-lan        wan0            |     2001:db8:1::10
#	                 +--192.168.1.1   203.0.113.1-----+
#	q 192.168.1.11 --+  fd00:1::1     2001:db8:1::1   +-- t 203.0.113.20
#	  fd00:1::11                                            2001:db8:1::20
#	                                    (a bridge in a namespace of its own)
#
# What the gateway's owner has set up: a bridge as
# LAN, plain masquerade, and input and forward chains that drop what is new
# from the WAN. s is where a provider would be, t is anybody else out there.
#
#	topo_router			all of the above, ready to carry packets
#	add_phone NAME ADDRESS [ADDRESS6]	one more on the LAN
#	add_wan_host NAME ADDRESS [ADDRESS6]	one more on the WAN
#	in_gw COMMAND...		run something in the gateway
#	in_phone NAME COMMAND...	... in a phone: in_phone p ping 203.0.113.10
#	in_wan NAME COMMAND...		... in a host of the WAN
#	ns_of NAME			the namespace of a phone or host
#	at_exit COMMAND...		run before the namespaces go
#
# Everything is removed when the script ends, with what still runs in there.

# shellcheck source=wait.sh
. "$(dirname "${BASH_SOURCE[0]}")/wait.sh"

# shellcheck disable=SC2034 # the words of the tests
{
GW_LAN_IF=br-lan	GW_WAN_IF=wan0
GW_LAN=192.168.1.1	GW_LAN6=fd00:1::1
GW_WAN=203.0.113.1	GW_WAN6=2001:db8:1::1
PHONE_P=192.168.1.10	PHONE_P6=fd00:1::10
PHONE_Q=192.168.1.11	PHONE_Q6=fd00:1::11
WAN_S=203.0.113.10	WAN_S6=2001:db8:1::10
WAN_T=203.0.113.20	WAN_T6=2001:db8:1::20
}
NS_GW=
NS_SWITCH=
NS_MARK=$(mktemp -u XXXXXX)
declare -A NS_OF=()
TOPO_AT_EXIT=()

# --- namespaces -------------------------------------------------------------

ns_new()	# NAME; the namespace is in $NS_NEW
{
	NS_NEW=sf-$1-$NS_MARK
	ip netns add "$NS_NEW"
	NS_OF[$1]=$NS_NEW
}

ns_of()	# NAME
{
	echo "${NS_OF[$1]:?there is no $1 in this topology}"
}

# As `ip netns exec' does, but for /sys, which takes time to mount.
in_ns()	# NETNS COMMAND...
{
	nsenter --net="/run/netns/$1" -- "${@:2}"
}

in_gw()
{
	in_ns "$NS_GW" "$@"
}

in_phone()	# NAME COMMAND...
{
	local ns=${NS_OF[$1]:?there is no phone $1}

	shift
	in_ns "$ns" "$@"
}

in_wan()	# NAME COMMAND...
{
	local ns=${NS_OF[$1]:?there is no host $1}

	shift
	in_ns "$ns" "$@"
}

at_exit()	# COMMAND...
{
	TOPO_AT_EXIT=("$(printf '%q ' "$@")" "${TOPO_AT_EXIT[@]}")
}

# Processes first: a namespace lives as long as somebody is in it.
topo_remove()
{
	local command ns pids

	for command in "${TOPO_AT_EXIT[@]}"; do
		eval "$command"
	done
	for ns in "${NS_OF[@]}"; do
		pids=$(ip netns pids "$ns" 2>/dev/null)
		# shellcheck disable=SC2086 # one word each
		[ -z "$pids" ] || kill -KILL $pids 2>/dev/null
	done
	for ns in "${NS_OF[@]}"; do
		ip netns del "$ns" 2>/dev/null
	done
	NS_OF=()
	TOPO_AT_EXIT=()
}

# --- the router -------------------------------------------------------------

topo_gateway()
{
	ns_new gw
	NS_GW=$NS_NEW
	ns_new switch
	NS_SWITCH=$NS_NEW
	ip -n "$NS_GW" -batch - <<-IP
		link set lo up
		link add $GW_LAN_IF type bridge forward_delay 0
		address add $GW_LAN/24 dev $GW_LAN_IF
		address add $GW_LAN6/64 dev $GW_LAN_IF nodad
		link set $GW_LAN_IF up
		link add $GW_WAN_IF type veth peer name gw netns $NS_SWITCH
		address add $GW_WAN/24 dev $GW_WAN_IF
		address add $GW_WAN6/64 dev $GW_WAN_IF nodad
		link set $GW_WAN_IF up
	IP
	ip -n "$NS_SWITCH" -batch - <<-IP
		link set lo up
		link add br-wan type bridge forward_delay 0
		link set br-wan up
		link set dev gw up master br-wan
	IP
	in_gw sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	topo_bridge_alone
}

# Once somebody has loaded br_netfilter the bridges drop some of what tests send.
topo_bridge_alone()
{
	local ns

	[ -d /sys/module/br_netfilter ] || return 0
	for ns in "$NS_GW" "$NS_SWITCH"; do
		ip netns exec "$ns" sysctl -qw \
			net.bridge.bridge-nf-call-iptables=0 \
			net.bridge.bridge-nf-call-ip6tables=0 || return
	done
}

# The rules of a router as it is sold. Nothing in here knows of sipfast.
topo_firewall()
{
	in_gw nft -f - <<-NFT
		table inet router {
			chain input {
				type filter hook input priority filter
				policy drop
				ct state established,related accept
				ct state invalid drop
				iifname { "lo", "$GW_LAN_IF" } accept
				meta l4proto { icmp, ipv6-icmp } accept
			}
			chain forward {
				type filter hook forward priority filter
				policy drop
				ct state established,related accept
				ct state invalid drop
				iifname "$GW_LAN_IF" accept
			}
			chain postrouting {
				type nat hook postrouting priority srcnat
				oifname "$GW_WAN_IF" masquerade
			}
		}
	NFT
}

# One machine at the end of a cable into a bridge.
topo_attach()	# NAME NETNS BRIDGE ADDRESS [ADDRESS6 [GATEWAY GATEWAY6]]
{
	ns_new "$1"
	ip -n "$2" -batch - <<-IP
		link add name $1 type veth peer name eth0 netns $NS_NEW
		link set dev $1 up master $3
	IP
	ip -n "$NS_NEW" -batch - <<-IP
		link set lo up
		address add $4/24 dev eth0
		${5:+address add $5/64 dev eth0 nodad}
		link set eth0 up
		${6:+route add default via $6}
		${5:+${7:+route add default via $7}}
	IP
}

add_phone()	# NAME ADDRESS [ADDRESS6]
{
	topo_attach "$1" "$NS_GW" "$GW_LAN_IF" "$2" "${3:-}" "$GW_LAN" "$GW_LAN6"
	wait_for 10 in_phone "$1" ping -q -c 1 -W 1 "$GW_LAN" >/dev/null 2>&1
}

add_wan_host()	# NAME ADDRESS [ADDRESS6]
{
	topo_attach "$1" "$NS_SWITCH" br-wan "$2" "${3:-}"
	wait_for 10 in_wan "$1" ping -q -c 1 -W 1 "$GW_WAN" >/dev/null 2>&1
}

topo_router()
{
	trap topo_remove EXIT
	topo_gateway &&
		topo_firewall &&
		add_phone p "$PHONE_P" "$PHONE_P6" &&
		add_phone q "$PHONE_Q" "$PHONE_Q6" &&
		add_wan_host s "$WAN_S" "$WAN_S6" &&
		add_wan_host t "$WAN_T" "$WAN_T6"
}

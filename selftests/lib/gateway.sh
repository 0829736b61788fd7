# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# sipfast on the router of netns.sh: the module, the daemon, and two witnesses
# that are none of its own.
#
# One witness counts the media packets that climb past the ingress hook of the
# gateway, which must be none once a call is up. The other looks for anything
# that sipfastd may have left behind.
#
#	gateway_load			insert the module, if it is not in
#	gateway_start [OPTION...]	sipfastd in the gateway, ready to serve
#	gateway_begin [OPTION...]	likewise, without waiting until it is
#	gateway_stop			end it as systemd would
#	gateway_kill			end it as the OOM killer would
#	gateway_rtp			the RTP stream of the only session, JSON
#	gateway_relayed PACKETS		has it relayed so many, both ways?
#	gateway_no_session		is there no session?
#	gateway_witness			begin to count RTP packets of 20 ms that climb
#	gateway_climbed [in|out]	how many have
#	gateway_leftovers		what is left of sipfast; empty when clean
#
# Copyright (C) 2026 The sipfast authors

GATEWAY_TOP=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
GATEWAY_BUILD=${SIPFAST_BUILD:-$GATEWAY_TOP/build}
SIPFASTD=${SIPFASTD:-$GATEWAY_BUILD/sipfastd}
SIPFASTCTL=${SIPFASTCTL:-$GATEWAY_BUILD/sipfastctl}
SIPFAST_KO=${SIPFAST_KO:-$GATEWAY_TOP/kmod/sipfast.ko}
GATEWAY_PID=

gateway_load()
{
	[ -d /sys/module/sipfast ] || insmod "$SIPFAST_KO"
}

# Writes what a person with a small router would: two lines.
gateway_conf()	# FILE
{
	cat >"$1" <<-CONF
		lan "$GW_LAN_IF" { }
		wan "$GW_WAN_IF" { }
		state = "$GATEWAY_DIR/sipfastd.db"
		control-socket = "$GATEWAY_DIR/sipfastd.sock"
	CONF
}

gateway_start()	# [OPTION...]
{
	gateway_begin "$@"
	wait_for 20 gateway_answers
}

gateway_begin()	# [OPTION...]
{
	GATEWAY_DIR=${GATEWAY_DIR:-$(mktemp -d)}
	[ -e "$GATEWAY_DIR/sipfastd.conf" ] ||
		gateway_conf "$GATEWAY_DIR/sipfastd.conf"
	ip netns exec "$NS_GW" "$SIPFASTD" -c "$GATEWAY_DIR/sipfastd.conf" "$@" \
		>>"$GATEWAY_DIR/sipfastd.log" 2>&1 </dev/null &
	GATEWAY_PID=$!
	export SIPFAST_SOCKET=$GATEWAY_DIR/sipfastd.sock
}

gateway_answers()
{
	in_gw "$SIPFASTCTL" --socket "$SIPFAST_SOCKET" endpoint list \
		>/dev/null 2>&1
}

gateway_end()	# SIGNAL
{
	[ -n "$GATEWAY_PID" ] || return 0
	kill "-$1" "$GATEWAY_PID" 2>/dev/null
	wait "$GATEWAY_PID" 2>/dev/null
	# shellcheck disable=SC2034 # for the caller
	GATEWAY_STATUS=$?
	GATEWAY_PID=
}

gateway_stop()
{
	gateway_end TERM
}

gateway_kill()
{
	gateway_end KILL
}

gateway_rtp()
{
	in_gw "$SIPFASTCTL" -j session list |
		jq '.[0].stream[] | select(.kind == "rtp")'
}

gateway_relayed()	# PACKETS; in each direction, at least
{
	gateway_rtp | jq -en --argjson packets "$1" \
		'input | .a.stats.packets >= $packets and .b.stats.packets >= $packets'
}

gateway_no_session()
{
	[ "$(in_gw "$SIPFASTCTL" -j session list)" = "[]" ]
}

# Whatever the module takes at ingress never gets here: the public media ports
# of the default configuration on the way in, the phones' ports on the way out.
gateway_witness()
{
	in_gw nft -f - <<-NFT
		table inet witness {
			counter in { }
			counter out { }
			chain climbed {
				type filter hook prerouting priority -500
				iifname "$GW_WAN_IF" udp dport 16384-32767 udp length 180 counter name in
				iifname "$GW_LAN_IF" udp sport 40000-40019 udp length 180 counter name out
			}
		}
	NFT
}

gateway_climbed()	# [in|out]
{
	in_gw nft -j list counters table inet witness |
		jq --arg way "${1:-}" '[.nftables[].counter? // empty |
			select($way == "" or .name == $way) | .packets] | add'
}

gateway_leftovers()
{
	in_gw nft list tables | grep sipfast
	in_gw ip rule list | grep -v -E 'lookup (local|main|default)$'
	in_gw ip route show table all | grep -E '^local default'
	if [ -d /sys/module/sipfast ]; then
		in_gw "$SIPFASTCTL" -j session list | jq -c '.[]'
		in_gw "$SIPFASTCTL" -j pinhole list | jq -c '.[]'
		in_gw "$SIPFASTCTL" -j device list | jq -c '.[]'
	fi
	return 0
}

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Copyright (C) 2026 The sipfast authors
#
# tshark, the witness that is none of ours: all that crosses the WAN's bridge
# and the gateway's LAN is captured, and judged afterwards by its dissectors.
#
#	witness_start			begin to capture; from here on checksums are
#					made in full, as on a real cable
#	witness_stop			end it; $WITNESS_WAN and $WITNESS_LAN have it
#	witness_packets FILTER		how many packets on the WAN match
#	witness_mark			a call begins
#	witness_rtp FILTER		packets of the RTP stream that matches, the
#					longest since the mark: on the WAN, and on the
#					LAN
#	witness_clean			no LAN address, in a header or in text we own
#	witness_sound			no malformed SIP or SDP, no bad checksum

# veth hands packets over with checksums that nobody has made yet.
# shellcheck disable=SC2016 # $dev is the inner shell's
witness_full_checksums()
{
	local ns

	for ns in "${NS_OF[@]}"; do
		[ "$ns" = "$NS_SWITCH" ] || ip netns exec "$ns" sh -c '
			for dev in eth0 wan0; do
				[ ! -e "/sys/class/net/$dev" ] ||
					ethtool -K "$dev" tx off >/dev/null
			done'
	done
}

witness_start()
{
	witness_full_checksums
	WITNESS_PIDS=()
	witness_capture "$NS_SWITCH" br-wan
	WITNESS_WAN=$WITNESS_FILE
	witness_capture "$NS_GW" "$GW_LAN_IF"
	WITNESS_LAN=$WITNESS_FILE
}

witness_capture()	# NETNS DEVICE
{
	WITNESS_FILE=$(mktemp --suffix=.pcap)
	at_exit rm -f "$WITNESS_FILE" "$WITNESS_FILE.log"
	ip netns exec "$1" tcpdump -q -U --immediate-mode -s 0 -B 8192 -i "$2" \
		-w "$WITNESS_FILE" 2>"$WITNESS_FILE.log" &
	WITNESS_PIDS+=($!)
	wait_for 10 grep -q 'listening on' "$WITNESS_FILE.log"
}

witness_stop()
{
	kill -INT "${WITNESS_PIDS[@]}"
	wait "${WITNESS_PIDS[@]}"
}

witness_read()	# FILE TSHARK-ARGUMENT...
{
	local file=$1

	shift
	tshark -n -r "$file" -o ip.check_checksum:TRUE \
		-o udp.check_checksum:TRUE --enable-heuristic rtp_udp "$@" \
		2>/dev/null
}

witness_packets()	# FILTER
{
	witness_read "$WITNESS_WAN" -Y "$1" | wc -l
}

witness_mark()
{
	WITNESS_SINCE=$(date +%s)
}

# RTP of 20 ms is told by its length, for what comes before the SDP that speaks
# of it is no RTP to tshark. A stream is told by its SSRC, bytes 8 to 11, and by
# the address of the WAN's end, which is the same on both sides of the gateway.
# The longest one: a phone that hangs up may begin another for a packet or two.
witness_rtp()	# FILTER
{
	local filter ssrc file

	filter="frame.time_epoch >= $WITNESS_SINCE and udp.length == 180 and $1"
	ssrc=$(witness_read "$WITNESS_WAN" -Y "$filter" -T fields \
		-e udp.payload | cut -c 17-24 | sort | uniq -c | sort -n |
		tail -n 1 | sed 's/.* //; s/../&:/g; s/:$//')
	for file in "$WITNESS_WAN" "$WITNESS_LAN"; do
		witness_read "$file" -Y "$filter and
			udp.payload[8:4] == $ssrc" | wc -l
	done | paste -sd ' '
}

# In IP headers, and where SIP and SDP name an address to be used. From, To and
# the o= line may say what they like (sip-alg B23, C2).
witness_clean()
{
	local lan='192\.168\.1\.[0-9]+|fd00:1::'

	[ "$(witness_packets 'ip.addr == 192.168.1.0/24 or
			      ipv6.addr == fd00:1::/64')" -eq 0 ] || return
	! witness_read "$WITNESS_WAN" -Y sip -T fields -E separator=' ' \
		-e sip.r-uri -e sip.Via -e sip.Contact -e sip.Record-Route \
		-e sip.Route -e sdp.connection_info.address \
		-e sdp.media_attr | grep -m 10 -E "$lan"
}

witness_sound()
{
	! witness_read "$WITNESS_WAN" -Y '_ws.malformed or ip.checksum.status == "Bad"
			   or udp.checksum.status == "Bad"' | head -n 20 | grep .
}

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Copyright (C) 2026 The sipfast authors
#
# One SIP message from a phone to a server through the router of netns.sh, and
# what has become of it there.
#
#	message_options FROM TO		an OPTIONS on standard output
#	message_send PHONE FROM HOST TO	send standard input; the server's copy is in
#					$MESSAGE_DIR/got, who it came from in
#					$MESSAGE_DIR/source
#	message_mapped PHONE FROM HOST TO PUBLIC
#					an OPTIONS leaves as PUBLIC, which it names
#	message_alone PHONE FROM HOST TO [SOURCE]
#					it leaves byte for byte, and from SOURCE
#	message_reaches PHONE LAN HOST PUBLIC FROM
#					an OPTIONS of the host to PUBLIC reaches LAN
#
# FROM, TO, PUBLIC and SOURCE are endpoints; HOST is a machine of the WAN side.

MESSAGE_DIR=$(mktemp -d)
MESSAGE_TOOL=$(realpath "$(dirname "${BASH_SOURCE[0]}")/datagram.py")

message_options()	# FROM TO
{
	sed 's/$/\r/' <<-SIP
		OPTIONS sip:$2 SIP/2.0
		Via: SIP/2.0/UDP $1;rport;branch=z9hG4bKm
		Max-Forwards: 70
		From: <sip:alice@example.com>;tag=a
		To: <sip:bob@example.com>
		Call-ID: m
		CSeq: 1 OPTIONS
		Contact: <sip:alice@$1>
		Content-Length: 0

	SIP
}

message_send()	# PHONE FROM HOST TO
{
	local listener

	rm -f "$MESSAGE_DIR/ready"
	in_wan "$3" "$MESSAGE_TOOL" --timeout 20 --show-source take \
		--ready "$MESSAGE_DIR/ready" "$4" \
		>"$MESSAGE_DIR/got" 2>"$MESSAGE_DIR/source" &
	listener=$!
	wait_for 20 test -e "$MESSAGE_DIR/ready"
	in_phone "$1" "$MESSAGE_TOOL" send --no-answer "$2" "$4"
	wait "$listener"
}

message_from()	# ENDPOINT
{
	[ "$(cat "$MESSAGE_DIR/source")" = "source $1" ] && return
	cat "$MESSAGE_DIR/source" "$MESSAGE_DIR/got"
	return 1
}

message_mapped()	# PHONE FROM HOST TO PUBLIC
{
	message_options "$2" "$4" | message_send "$1" "$2" "$3" "$4"
	message_from "$5" &&
		message_options "$5" "$4" | cmp - "$MESSAGE_DIR/got"
}

message_alone()	# PHONE FROM HOST TO [SOURCE]
{
	message_options "$2" "$4" >"$MESSAGE_DIR/sent"
	message_send "$1" "$2" "$3" "$4" <"$MESSAGE_DIR/sent"
	message_from "${5:-$2}" && cmp "$MESSAGE_DIR/sent" "$MESSAGE_DIR/got"
}

message_reaches()	# PHONE LAN HOST PUBLIC FROM
{
	local listener

	rm -f "$MESSAGE_DIR/ready"
	in_phone "$1" "$MESSAGE_TOOL" --timeout 20 --show-source take \
		--ready "$MESSAGE_DIR/ready" "$2" \
		>"$MESSAGE_DIR/got" 2>"$MESSAGE_DIR/source" &
	listener=$!
	wait_for 20 test -e "$MESSAGE_DIR/ready"
	message_options "$5" "$4" |
		in_wan "$3" "$MESSAGE_TOOL" send --no-answer "$5" "$4"
	wait "$listener"
}

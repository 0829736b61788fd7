#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Beside firewalld, as its zones make a router: internal for the LAN, external,
# which masquerades, for the WAN. What it would be told over D-Bus its files say.

here=$(dirname "$0")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"
# shellcheck source=../lib/netns.sh
. "$here/../lib/netns.sh"
# shellcheck source=../lib/gateway.sh
. "$here/../lib/gateway.sh"
# shellcheck source=../lib/message.sh
. "$here/../lib/message.sh"
# shellcheck source=../lib/firewall.sh
. "$here/../lib/firewall.sh"

command -v firewalld >/dev/null || ktap_skip_all "needs firewalld"
command -v dbus-daemon >/dev/null || ktap_skip_all "needs dbus-daemon"

in_firewalld()
{
	in_gw env DBUS_SYSTEM_BUS_ADDRESS="unix:path=$dir/bus" "$@"
}

is_up()
{
	in_gw nft list table inet firewalld 2>/dev/null | grep -q masquerade
}

zone()	# NAME INTERFACE [MORE]
{
	cat >"$dir/etc/zones/$1.xml" <<-ZONE
		<?xml version="1.0" encoding="utf-8"?>
		<zone>
		  <interface name="$2"/>
		  ${3:-}
		</zone>
	ZONE
}

set_up()
{
	mkdir -p "$dir/etc/zones" "$dir/etc/policies"
	cp /etc/firewalld/firewalld.conf "$dir/etc/"
	zone internal "$GW_LAN_IF" '<forward/>'
	zone external "$GW_WAN_IF" '<masquerade/>'
	cat >"$dir/etc/policies/out.xml" <<-POLICY
		<?xml version="1.0" encoding="utf-8"?>
		<policy target="ACCEPT">
		  <ingress-zone name="internal"/>
		  <egress-zone name="external"/>
		</policy>
	POLICY
	cat >"$dir/bus.conf" <<-BUS
		<busconfig>
		  <type>system</type>
		  <listen>unix:path=$dir/bus</listen>
		  <policy context="default">
		    <allow user="*"/>
		    <allow own="*"/>
		    <allow send_destination="*" eavesdrop="true"/>
		    <allow eavesdrop="true"/>
		  </policy>
		</busconfig>
	BUS
	in_gw dbus-daemon --nofork --nopidfile --config-file="$dir/bus.conf" \
		>"$dir/bus.log" 2>&1 </dev/null &
	wait_for 20 test -S "$dir/bus"
	in_firewalld firewalld --nofork --nopid \
		--system-config "$dir/etc" >"$dir/firewalld.log" 2>&1 \
		</dev/null &
	wait_for 60 is_up || { cat "$dir/firewalld.log" "$dir/bus.log"; return 1; }
}

dir=$(mktemp -d)
firewall_router set_up
at_exit rm -rf "$dir"
ktap_plan "$FIREWALL_N_TESTS"
firewall_tests
ktap_end

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Beside ufw: its own chains, with the NAT that its manual has put into
# before.rules. In a mount namespace of its own, where its files may be changed.

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

command -v ufw >/dev/null || ktap_skip_all "needs ufw"
command -v iptables-nft >/dev/null || ktap_skip_all "needs iptables-nft"

# ufw has its rules in /etc, /usr/share and /lib, and keeps a lock in /run.
in_ufw()
{
	in_gw unshare --mount bash -c '
		mount --bind "$0/etc" /etc/ufw &&
		mount --bind "$0/default" /etc/default/ufw && exec "$@"
	' "$dir" "$@"
}

set_up()
{
	cp -a /etc/ufw "$dir/etc" && cp /etc/default/ufw "$dir/default" &&
		sed -i -e 's/^IPV6=.*/IPV6=no/' \
			-e 's/^IPT_SYSCTL=.*/IPT_SYSCTL=/' \
			-e 's/^DEFAULT_INPUT_POLICY=.*/DEFAULT_INPUT_POLICY="DROP"/' \
			"$dir/default" &&
		cat >>"$dir/etc/before.rules" <<-RULES &&
			*nat
			:POSTROUTING ACCEPT [0:0]
			-A POSTROUTING -o $GW_WAN_IF -j MASQUERADE
			COMMIT
		RULES
		in_ufw ufw --force enable &&
		in_ufw ufw route allow in on "$GW_LAN_IF" out on "$GW_WAN_IF"
}

dir=$(mktemp -d)
firewall_router set_up >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
at_exit rm -rf "$dir"
ktap_plan "$FIREWALL_N_TESTS"
firewall_tests
ktap_end

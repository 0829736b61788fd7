# SPDX-License-Identifier: GPL-2.0-or-later
#
# The sources of daemon/nl, relative to the top of the tree. The daemon is
# linked from all of them; sipfastctl needs genetlink only.
#
# Copyright (C) 2026 The sipfast authors

NL_GENL_SRCS := \
	daemon/nl/attr.c \
	daemon/nl/device.c \
	daemon/nl/endpoint.c \
	daemon/nl/event.c \
	daemon/nl/extack.c \
	daemon/nl/genl.c \
	daemon/nl/pinhole.c \
	daemon/nl/session.c \
	daemon/nl/stats.c \
	daemon/nl/types.c

NL_SRCS := $(NL_GENL_SRCS) \
	daemon/nl/conntrack.c \
	daemon/nl/link.c \
	daemon/nl/nft.c \
	daemon/nl/nft_batch.c \
	daemon/nl/nft_chains.c \
	daemon/nl/nft_look.c \
	daemon/nl/nft_rule.c \
	daemon/nl/nft_xt.c \
	daemon/nl/route.c \
	daemon/nl/rtnl.c

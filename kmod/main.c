// SPDX-License-Identifier: GPL-2.0-only
/*
 * sipfast relays and NAT-rewrites RTP in the kernel. User space says over
 * netlink which packets are one call's media and where they go; here is only
 * the ladder on which the module comes up and goes down again. The story of a
 * packet is in datapath.c, that of a request in netlink.c.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/module.h>
#include <net/genetlink.h>

#include <uapi/linux/sipfast.h>

#include "device.h"
#include "net.h"
#include "netlink.h"
#include "session.h"
#include "xmit.h"

static int __init sipfast_init(void)
{
	int err;

	err = sf_session_init();
	if (err)
		return err;
	err = sf_net_init();
	if (err)
		goto err_session;
	err = sf_device_init();
	if (err)
		goto err_net;
	err = sf_netlink_init();
	if (err)
		goto err_device;
	return 0;

err_device:
	sf_device_exit();
err_net:
	sf_net_exit();
err_session:
	sf_session_exit();
	return err;
}

static void __exit sipfast_exit(void)
{
	sf_netlink_exit();
	sf_device_exit();
	sf_net_exit();
	sf_xmit_exit();
	sf_session_exit();
}

module_init(sipfast_init);
module_exit(sipfast_exit);

MODULE_DESCRIPTION("SIP media relay and NAT in the kernel");
MODULE_AUTHOR("The sipfast authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(SF_VERSION);
MODULE_ALIAS_GENL_FAMILY(SIPFAST_FAMILY_NAME);

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Devices to and from the wire: see device.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "nl/attr.h"
#include "nl/device.h"
#include "nl/genl.h"

static int device_attr_cb(void *arg, const struct nlattr *attr)
{
	struct nl_device *device = arg;

	switch (mnl_attr_get_type(attr)) {
	case SIPFAST_A_DEVICE_IFINDEX:
		device->has.ifindex = true;
		device->ifindex = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_DEVICE_IFNAME:
		device->has.ifname = true;
		strcpy(device->ifname, mnl_attr_get_str(attr));
		break;
	case SIPFAST_A_DEVICE_HOOK:
		device->has.hook = true;
		device->hook = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_DEVICE_PACKETS:
		device->has.packets = true;
		device->packets = mnl_attr_get_u64(attr);
		break;
	}
	return 0;
}

int nl_device_parse(const struct nlmsghdr *nlh, struct nl_device *device)
{
	memset(device, 0, sizeof(*device));
	return nl_attr_each_in(nlh, &nl_device_attrs, device_attr_cb, device);
}

static int request(struct nl_genl *genl, uint8_t cmd, const char *ifname)
{
	struct nlmsghdr *nlh = nl_genl_begin(genl, cmd);

	if (!mnl_attr_put_strz_check(nlh, nl_genl_room(genl),
				     SIPFAST_A_DEVICE_IFNAME, ifname))
		return nl_genl_refuse(genl, -EMSGSIZE);
	return nl_genl_request(genl, nlh, NULL, NULL);
}

int nl_device_new(struct nl_genl *genl, const char *ifname)
{
	return request(genl, SIPFAST_CMD_DEVICE_NEW, ifname);
}

int nl_device_del(struct nl_genl *genl, const char *ifname)
{
	return request(genl, SIPFAST_CMD_DEVICE_DEL, ifname);
}

struct dump {
	nl_device_fn show;
	void *arg;
};

static int show_device(void *arg, const struct nlmsghdr *nlh)
{
	struct dump *dump = arg;
	struct nl_device device;
	int err;

	err = nl_device_parse(nlh, &device);
	return err ? err : dump->show(dump->arg, &device);
}

int nl_device_dump(struct nl_genl *genl, nl_device_fn show, void *arg)
{
	struct dump dump = { show, arg };

	return nl_genl_dump(genl, SIPFAST_CMD_DEVICE_GET, show_device, &dump);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of sf_bench.ko, below /sys/kernel/debug/sf_bench. Who writes a
 * device's name to one of them means a device of its own network namespace.
 *
 *	end0, end1	"DEVICE MAC": send and receive there; MAC is the
 *			gateway's on that side
 *	wire		"DEVICE DEVICE": the null wire between them, or "off"
 *	streams		struct sf_bench_record for each stream; opening it
 *			forgets the ones before
 *	run		"COUNT PAYLOAD BURST VERIFY": a run, done when the write
 *			returns; reading gives its result
 *
 * A device that goes away is let go of; while a run is on none may go.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/debugfs.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nsproxy.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <net/net_namespace.h>

#include "sf_bench.h"

#define MAX_STREAMS	1000000
#define MAX_LINE	80

struct sf_bench_run sf_bench_run;
struct sf_bench_end sf_bench_ends[SF_BENCH_N_ENDS];
struct sf_bench_stream *sf_bench_streams;
unsigned int sf_bench_n_streams;
u16 sf_bench_sequence;
u8 sf_bench_payload[SF_BENCH_MAX_PAYLOAD];

static DEFINE_MUTEX(lock); /* one writer at a time, and a run is one */
static struct dentry *dir;
static struct nf_hook_ops wire_ops[SF_BENCH_N_ENDS];

static ssize_t read_line(char *line, const char __user *buf, size_t len)
{
	if (len >= MAX_LINE)
		return -EINVAL;
	if (copy_from_user(line, buf, len))
		return -EFAULT;
	line[len] = '\0';
	return len;
}

/* --- hooks ---------------------------------------------------------------- */

static int hook(struct nf_hook_ops *ops, nf_hookfn *fn, struct net_device *dev,
		void *priv)
{
	*ops = (struct nf_hook_ops){
		.hook		= fn,
		.dev		= dev,
		.priv		= priv,
		.pf		= NFPROTO_NETDEV,
		.hooknum	= NF_NETDEV_INGRESS,
	};
	return nf_register_net_hook(dev_net(dev), ops);
}

static void unhook(struct nf_hook_ops *ops)
{
	if (ops->dev)
		nf_unregister_net_hook(dev_net(ops->dev), ops);
	ops->dev = NULL;
}

static void unhook_wire(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wire_ops); i++)
		unhook(&wire_ops[i]);
}

static void drop_end(struct sf_bench_end *end)
{
	unhook(&end->ops);
	end->dev = NULL;
}

/* Under rtnl: the device does not go before the notifier has seen it. */
static int set_end(struct sf_bench_end *end, const char *name, const u8 *mac)
{
	struct net_device *dev;
	int err;

	ASSERT_RTNL();
	dev = __dev_get_by_name(current->nsproxy->net_ns, name);
	if (!dev)
		return -ENODEV;
	drop_end(end);
	err = hook(&end->ops, sf_bench_sink, dev, end);
	if (err)
		return err;
	end->dev = dev;
	ether_addr_copy(end->gateway, mac);
	return 0;
}

static int set_wire(const char *name0, const char *name1)
{
	struct net *net = current->nsproxy->net_ns;
	struct net_device *dev[2];
	int err;

	ASSERT_RTNL();
	dev[0] = __dev_get_by_name(net, name0);
	dev[1] = __dev_get_by_name(net, name1);
	if (!dev[0] || !dev[1])
		return -ENODEV;
	unhook_wire();
	err = hook(&wire_ops[0], sf_bench_wire, dev[0], dev[1]);
	if (!err)
		err = hook(&wire_ops[1], sf_bench_wire, dev[1], dev[0]);
	if (err)
		unhook_wire();
	return err;
}

static int device_event(struct notifier_block *nb, unsigned long event,
			void *info)
{
	const struct net_device *dev = netdev_notifier_info_to_dev(info);
	unsigned int i;

	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	for (i = 0; i < SF_BENCH_N_ENDS; i++) {
		if (sf_bench_ends[i].dev == dev)
			drop_end(&sf_bench_ends[i]);
		if (wire_ops[i].dev == dev)
			unhook_wire();
	}
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

/* --- end0, end1, wire ----------------------------------------------------- */

static ssize_t end_write(struct file *file, const char __user *buf, size_t len,
			 loff_t *pos)
{
	struct sf_bench_end *end = file->private_data;
	char line[MAX_LINE], name[IFNAMSIZ];
	ssize_t rc = read_line(line, buf, len);
	u8 mac[ETH_ALEN];
	int err;

	if (rc < 0)
		return rc;
	if (sscanf(line, "%15s %hhx:%hhx:%hhx:%hhx:%hhx:%hhx", name, &mac[0],
		   &mac[1], &mac[2], &mac[3], &mac[4], &mac[5]) != 7)
		return -EINVAL;
	mutex_lock(&lock);
	rtnl_lock();
	err = set_end(end, name, mac);
	rtnl_unlock();
	mutex_unlock(&lock);
	return err ?: rc;
}

static ssize_t wire_write(struct file *file, const char __user *buf,
			  size_t len, loff_t *pos)
{
	char line[MAX_LINE], name0[IFNAMSIZ], name1[IFNAMSIZ];
	ssize_t rc = read_line(line, buf, len);
	int n, err = 0;

	if (rc < 0)
		return rc;
	n = sscanf(line, "%15s %15s", name0, name1);
	if (n != 2 && (n != 1 || strcmp(name0, "off")))
		return -EINVAL;
	mutex_lock(&lock);
	rtnl_lock();
	if (n == 2)
		err = set_wire(name0, name1);
	else
		unhook_wire();
	rtnl_unlock();
	mutex_unlock(&lock);
	return err ?: rc;
}

static const struct file_operations end_fops = {
	.owner	= THIS_MODULE,
	.open	= simple_open,
	.write	= end_write,
};

static const struct file_operations wire_fops = {
	.owner	= THIS_MODULE,
	.open	= simple_open,
	.write	= wire_write,
};

/* --- streams -------------------------------------------------------------- */

static int streams_open(struct inode *inode, struct file *file)
{
	mutex_lock(&lock);
	vfree(sf_bench_streams);
	sf_bench_streams = NULL;
	sf_bench_n_streams = 0;
	mutex_unlock(&lock);
	return 0;
}

static bool is_sane(const struct sf_bench_record *record)
{
	return record->end < SF_BENCH_N_ENDS &&
	       (record->protocol == IPPROTO_UDP ||
		record->protocol == IPPROTO_TCP) &&
	       (record->family == 4 || record->family == 6) &&
	       (record->out_family == 4 || record->out_family == 6);
}

static int add_streams(const char __user *buf, unsigned int n)
{
	size_t size = sizeof(struct sf_bench_record);
	struct sf_bench_stream *streams;
	unsigned int i;

	if (sf_bench_n_streams || n > MAX_STREAMS)
		return -EFBIG;
	streams = vzalloc(array_size(n, sizeof(*streams)));
	if (!streams)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		if (copy_from_user(&streams[i].record, buf + i * size, size) ||
		    !is_sane(&streams[i].record)) {
			vfree(streams);
			return -EINVAL;
		}
		streams[i].sequence = sf_bench_sequence;
	}
	sf_bench_streams = streams;
	sf_bench_n_streams = n;
	return 0;
}

/* All of them in one write. */
static ssize_t streams_write(struct file *file, const char __user *buf,
			     size_t len, loff_t *pos)
{
	size_t size = sizeof(struct sf_bench_record);
	int err;

	if (!len || len % size)
		return -EINVAL;
	mutex_lock(&lock);
	err = add_streams(buf, len / size);
	mutex_unlock(&lock);
	return err ?: len;
}

static const struct file_operations streams_fops = {
	.owner	= THIS_MODULE,
	.open	= streams_open,
	.write	= streams_write,
};

/* --- run ------------------------------------------------------------------ */

static int run_once(unsigned int count, unsigned int payload,
		    unsigned int burst, unsigned int verify)
{
	struct sf_bench_run *run = &sf_bench_run;

	if (!sf_bench_n_streams || !sf_bench_ends[0].dev ||
	    !sf_bench_ends[1].dev)
		return -ENODEV;
	if (!count || !burst || payload < SF_BENCH_RTP_LEN ||
	    payload > SF_BENCH_MAX_PAYLOAD)
		return -EINVAL;
	run->count = count;
	run->payload = payload;
	run->burst = burst;
	run->verify = verify;
	run->sent = 0;
	run->ns = 0;
	run->bad = 0;
	run->complaint[0] = '\0';
	atomic_set(&run->received, 0);
	return sf_bench_generate();
}

static ssize_t run_write(struct file *file, const char __user *buf, size_t len,
			 loff_t *pos)
{
	unsigned int count, payload, burst, verify;
	char line[MAX_LINE];
	ssize_t rc = read_line(line, buf, len);
	int err;

	if (rc < 0)
		return rc;
	if (sscanf(line, "%u %u %u %u", &count, &payload, &burst,
		   &verify) != 4)
		return -EINVAL;
	mutex_lock(&lock);
	err = run_once(count, payload, burst, verify);
	mutex_unlock(&lock);
	return err ?: rc;
}

static int run_show(struct seq_file *m, void *unused)
{
	const struct sf_bench_run *run = &sf_bench_run;

	mutex_lock(&lock);
	seq_printf(m, "sent=%u received=%u bad=%u ns=%llu %s\n", run->sent,
		   atomic_read(&run->received), run->bad, run->ns,
		   run->complaint);
	mutex_unlock(&lock);
	return 0;
}

static int run_open(struct inode *inode, struct file *file)
{
	return single_open(file, run_show, NULL);
}

static const struct file_operations run_fops = {
	.owner	 = THIS_MODULE,
	.open	 = run_open,
	.read	 = seq_read,
	.write	 = run_write,
	.llseek	 = seq_lseek,
	.release = single_release,
};

/* --- loading -------------------------------------------------------------- */

static int __init bench_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < SF_BENCH_MAX_PAYLOAD; i++)
		sf_bench_payload[i] = i * 37;
	init_waitqueue_head(&sf_bench_run.arrived);
	err = register_netdevice_notifier(&device_notifier);
	if (err)
		return err;
	dir = debugfs_create_dir("sf_bench", NULL);
	debugfs_create_file("end0", 0200, dir, &sf_bench_ends[0], &end_fops);
	debugfs_create_file("end1", 0200, dir, &sf_bench_ends[1], &end_fops);
	debugfs_create_file("wire", 0200, dir, NULL, &wire_fops);
	debugfs_create_file("streams", 0200, dir, NULL, &streams_fops);
	debugfs_create_file("run", 0600, dir, NULL, &run_fops);
	return 0;
}

static void __exit bench_exit(void)
{
	debugfs_remove(dir);
	rtnl_lock();
	unhook_wire();
	drop_end(&sf_bench_ends[0]);
	drop_end(&sf_bench_ends[1]);
	rtnl_unlock();
	unregister_netdevice_notifier(&device_notifier);
	synchronize_net();
	vfree(sf_bench_streams);
}

module_init(bench_init);
module_exit(bench_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The sipfast authors");
MODULE_DESCRIPTION("RTP generator, sink and null wire for sipfast's benchmark");

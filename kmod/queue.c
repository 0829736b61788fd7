// SPDX-License-Identifier: GPL-2.0-only
/*
 * Payloads on their way to user space and back. What a packet does here is
 * bounded: two limits are asked, room is reserved, the payload is copied, a
 * work is woken. All else happens in process context, under the lock of the
 * namespace.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/dst.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "net.h"
#include "queue.h"
#include "rate.h"
#include "xmit.h"

/* --- to user space: what a packet does ------------------------------------ */

/* Room for a payload, where the namespace still has some. */
static bool reserve(struct sf_queue *queue, unsigned int len, u64 now_ns,
		    enum sf_drop *reason)
{
	bool reserved = false;

	spin_lock(&queue->lock);
	if (queue->n_entries >= SF_QUEUE_MAX_PAYLOADS ||
	    queue->n_bytes + len > SF_QUEUE_MAX_BYTES) {
		*reason = SF_DROP_QUEUE_FULL;
	} else if (!sf_bucket_holds(&queue->bucket, 1, now_ns)) {
		*reason = SF_DROP_RATE;
	} else {
		sf_bucket_take(&queue->bucket, 1);
		queue->n_entries++;
		queue->n_bytes += len;
		reserved = true;
	}
	spin_unlock(&queue->lock);
	return reserved;
}

static void release(struct sf_queue *queue, unsigned int len)
{
	spin_lock_bh(&queue->lock);
	queue->n_entries--;
	queue->n_bytes -= len;
	spin_unlock_bh(&queue->lock);
}

static struct sf_queue_entry *make_entry(struct sf_flow *flow,
					 const struct sk_buff *skb,
					 const struct sf_packet *packet,
					 enum sf_payload payload)
{
	const struct sf_stream *stream = sf_flow_stream(flow);
	struct sf_queue_entry *entry;

	entry = kmalloc(struct_size(entry, data, packet->payload_len),
			GFP_ATOMIC);
	if (!entry)
		return NULL;
	entry->session = stream->session;
	entry->stream_id = stream->conf.id;
	entry->side = flow->dir;
	entry->payload = payload;
	entry->tuple = packet->tuple;
	entry->len = packet->payload_len;
	if (!skb_copy_bits(skb, packet->payload_offset, entry->data,
			   entry->len) && sf_session_get(entry->session))
		return entry;
	kfree(entry);
	return NULL;
}

bool sf_queue_payload(struct sf_flow *flow, struct sf_rate *rate,
		      const struct sk_buff *skb,
		      const struct sf_packet *packet, enum sf_payload payload,
		      u64 now_ns, enum sf_drop *reason)
{
	struct sf_queue *queue = &sf_flow_stream(flow)->session->sn->queue;
	struct sf_queue_entry *entry;

	*reason = SF_DROP_RATE;
	if (!sf_rate_accept(rate, packet->payload_len, now_ns))
		return false;
	if (!reserve(queue, packet->payload_len, now_ns, reason))
		return false;
	*reason = SF_DROP_NO_MEMORY;
	entry = make_entry(flow, skb, packet, payload);
	if (!entry) {
		release(queue, packet->payload_len);
		return false;
	}
	spin_lock(&queue->lock);
	list_add_tail(&entry->node, &queue->entries);
	spin_unlock(&queue->lock);
	schedule_work(&queue->work);
	return true;
}

/* --- to user space: what the work does ------------------------------------ */

static DECLARE_RWSEM(sink_lock);	/* protects sink and whoever is in it */
static sf_queue_sink_t *sink;

void sf_queue_set_sink(sf_queue_sink_t *new_sink)
{
	down_write(&sink_lock);
	sink = new_sink;
	up_write(&sink_lock);
}

static struct sf_queue_entry *dequeue(struct sf_queue *queue)
{
	struct sf_queue_entry *entry;

	spin_lock_bh(&queue->lock);
	entry = list_first_entry_or_null(&queue->entries,
					 struct sf_queue_entry, node);
	if (entry)
		list_del(&entry->node);
	spin_unlock_bh(&queue->lock);
	return entry;
}

/* Gives back all that the entry holds. */
static void free_entry(struct sf_queue *queue, struct sf_queue_entry *entry)
{
	release(queue, entry->len);
	sf_session_put(entry->session);
	kfree(entry);
}

/* Of a session that has ended nobody is told any more. */
static int tell(struct sf_net *sn, const struct sf_queue_entry *entry)
{
	int err = -ESRCH;

	if (entry->session->end_reason != SF_END_REASON_NONE)
		return err;
	down_read(&sink_lock);
	if (sink)
		err = sink(sn, entry);
	up_read(&sink_lock);
	return err;
}

static void count(struct sf_net *sn, int err)
{
	local_bh_disable();
	switch (err) {
	case 0:
		sf_stats_queued(sn);
		break;
	case -ESRCH:
		sf_stats_dropped(sn, SF_DROP_NO_LISTENER);
		break;
	case -ENOMEM:
		sf_stats_dropped(sn, SF_DROP_NO_MEMORY);
		break;
	default:
		/* The listener's own queue has no room. */
		sf_stats_dropped(sn, SF_DROP_QUEUE_FULL);
	}
	local_bh_enable();
}

static void work(struct work_struct *work)
{
	struct sf_net *sn = container_of(work, struct sf_net, queue.work);
	struct sf_queue_entry *entry;

	mutex_lock(&sn->lock);
	while ((entry = dequeue(&sn->queue))) {
		count(sn, tell(sn, entry));
		free_entry(&sn->queue, entry);
	}
	mutex_unlock(&sn->lock);
}

void sf_queue_init(struct sf_net *sn)
{
	struct sf_queue *queue = &sn->queue;

	spin_lock_init(&queue->lock);
	INIT_LIST_HEAD(&queue->entries);
	sf_bucket_init(&queue->bucket, SF_QUEUE_RATE, 1, ktime_get_ns());
	INIT_WORK(&queue->work, work);
}

void sf_queue_exit(struct sf_net *sn)
{
	struct sf_queue_entry *entry;

	cancel_work_sync(&sn->queue.work);
	while ((entry = dequeue(&sn->queue)))
		free_entry(&sn->queue, entry);
}

/* --- from user space ------------------------------------------------------ */

static void put_header4(struct sk_buff *skb, const struct sf_path *path,
			u8 tos)
{
	const struct sf_rewrite *rewrite = &path->rewrite;
	struct iphdr *ip = skb_push(skb, sizeof(*ip));

	/* Not to be fragmented, so it needs no number (RFC 6864). */
	*ip = (struct iphdr) {
		.version	= 4,
		.ihl		= sizeof(*ip) / 4,
		.tos		= tos,
		.tot_len	= htons(skb->len),
		.frag_off	= htons(IP_DF),
		.ttl		= ip4_dst_hoplimit(path->route),
		.protocol	= IPPROTO_UDP,
		.saddr		= rewrite->ip4.saddr,
		.daddr		= rewrite->ip4.daddr,
	};
	ip_send_check(ip);
	skb->protocol = htons(ETH_P_IP);
}

static void put_header6(struct sk_buff *skb, const struct sf_path *path,
			u8 tos)
{
	const struct sf_rewrite *rewrite = &path->rewrite;
	unsigned int len = skb->len;
	struct ipv6hdr *ip = skb_push(skb, sizeof(*ip));

	ip6_flow_hdr(ip, tos, 0);
	ip->payload_len = htons(len);
	ip->nexthdr = IPPROTO_UDP;
	ip->hop_limit = ip6_dst_hoplimit(path->route);
	ip->saddr = rewrite->ip6.saddr;
	ip->daddr = rewrite->ip6.daddr;
	skb->protocol = htons(ETH_P_IPV6);
}

static __sum16 udp_checksum(const struct sk_buff *skb,
			    const struct sf_rewrite *rewrite)
{
	__wsum sum = csum_partial(skb->data, skb->len, 0);
	__sum16 check;

	if (rewrite->family == AF_INET)
		check = csum_tcpudp_magic(rewrite->ip4.saddr, rewrite->ip4.daddr,
					  skb->len, IPPROTO_UDP, sum);
	else
		check = csum_ipv6_magic(&rewrite->ip6.saddr, &rewrite->ip6.daddr,
					skb->len, IPPROTO_UDP, sum);
	return check ?: CSUM_MANGLED_0;
}

static void put_udp(struct sk_buff *skb, const struct sf_rewrite *rewrite)
{
	unsigned int len = skb->len + sizeof(struct udphdr);
	struct udphdr *udp = skb_push(skb, sizeof(*udp));

	udp->source = rewrite->sport;
	udp->dest = rewrite->dport;
	udp->len = htons(len);
	udp->check = 0;
	udp->check = udp_checksum(skb, rewrite);
	skb_reset_transport_header(skb);
}

/* A datagram that takes the path, at its network header. */
static struct sk_buff *make_datagram(const struct sf_path *path, u8 tos,
				     const void *data, unsigned int len)
{
	const struct dst_entry *route = path->route;
	unsigned int room = LL_RESERVED_SPACE(route->dev) + route->header_len +
			    sf_packet_rewrite_header_len(&path->rewrite) +
			    sizeof(struct udphdr);
	struct sk_buff *skb;

	skb = alloc_skb(room + len, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	skb_put_data(skb, data, len);
	put_udp(skb, &path->rewrite);
	if (path->rewrite.family == AF_INET)
		put_header4(skb, path, tos);
	else
		put_header6(skb, path, tos);
	skb_reset_network_header(skb);
	return skb;
}

static int send(struct sf_net *sn, const struct sf_path *path, u8 tos,
		const void *data, unsigned int len)
{
	unsigned int header_len = sf_packet_rewrite_header_len(&path->rewrite);
	struct sk_buff *skb;
	int err;

	if (header_len + sizeof(struct udphdr) + len > dst_mtu(path->route))
		return -EMSGSIZE;
	skb = make_datagram(path, tos, data, len);
	if (!skb)
		return -ENOMEM;
	err = sf_xmit_output(sn->net, path, skb);
	if (!err)
		sf_stats_sent(sn);
	return err;
}

/* What leads to a side is the way out of what arrives from the other. */
int sf_queue_send(struct sf_stream *stream, enum sf_dir side,
		  const struct sf_endpoint *remote, const void *data,
		  unsigned int len)
{
	struct sf_flow *flow = sf_flow_other(&stream->flow[side]);
	const struct sf_side_conf *conf = &stream->conf.side[side];
	struct sf_five_tuple from = { .src = conf->local, .dst = conf->local };
	struct sf_net *sn = stream->session->sn;
	struct sf_path *path;
	int err;

	lockdep_assert_held(&sn->lock);
	if (remote && remote->family != conf->local.family)
		return -EAFNOSUPPORT;

	/* As in the receive path: the route is borrowed, and RCU's to protect. */
	local_bh_disable();
	rcu_read_lock();
	path = sf_xmit_path_new(sn->net, flow, &from, remote);
	err = PTR_ERR_OR_ZERO(path);
	if (!err) {
		err = send(sn, path, conf->dscp == SF_DSCP_KEEP ?
			   0 : conf->dscp << 2, data, len);
		sf_xmit_path_put(path);
	}
	rcu_read_unlock();
	local_bh_enable();
	return err;
}

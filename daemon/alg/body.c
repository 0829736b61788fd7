// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Body: a call is told of its message, and its SDP is turned as the call says.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/body.h"

#include "alg/note.h"
#include "alg/passage.h"
#include "call/call.h"
#include "sdp/edit.h"
#include "sdp/ice.h"
#include "sip/digest.h"
#include "sip/mime.h"

/* Only these bear on a call's media; any other's SDP is not one (sip-alg C20). */
static bool bears_on_calls(enum sip_method method)
{
	switch (method) {
	case SIP_INVITE:
	case SIP_ACK:
	case SIP_PRACK:
	case SIP_UPDATE:
	case SIP_BYE:
	case SIP_CANCEL:
		return true;
	default:
		return false;
	}
}

/* One that cannot be read, or several, of which nobody knows which counts. */
static bool read_sdp(struct alg_passage *passage, struct sdp *sdp)
{
	const struct sip_span all = { 0 };
	const struct sip_msg *msg = passage->msg;
	struct sip_span found;
	unsigned int n_found = sip_mime_find_sdp(msg, &found, 1);

	if (n_found == 1 && !sdp_index(sdp, msg->buf, found))
		return true;
	if (n_found == 1)
		alg_passage_left(passage, ALG_WHY_sdp_left, all);
	else if (n_found)
		alg_passage_left(passage, ALG_WHY_sdp_several, all);
	else if (msg->body.len)
		alg_passage_left(passage, ALG_WHY_bodies_left, all);
	return false;
}

/* An m-line that stays, and why. */
static void note_left(struct alg_passage *passage,
		      const struct sdp_media *media, enum call_left left)
{
	static const enum alg_why whys[] = {
		[CALL_LEFT_REJECTED] = ALG_WHY_media_rejected,
		[CALL_LEFT_ICE] = ALG_WHY_media_ice,
		[CALL_LEFT_FOREIGN] = ALG_WHY_media_foreign,
		[CALL_LEFT_PUBLIC] = ALG_WHY_media_public,
		[CALL_LEFT_NAMED] = ALG_WHY_media_named,
		[CALL_LEFT_MULTICAST] = ALG_WHY_media_multicast,
		[CALL_LEFT_FAMILY] = ALG_WHY_media_family,
		[CALL_LEFT_RANGED] = ALG_WHY_media_ranged,
		[CALL_LEFT_NO_UDP] = ALG_WHY_media_no_udp,
		[CALL_LEFT_HELD] = ALG_WHY_media_held,
	};

	alg_passage_left(passage, whys[left],
			 sip_span_between(media->media.off,
					  sip_span_end(media->formats)));
}

/*
 * An RTCP port of its own is written where it differs from what the m-line says
 * by itself; one that is RTP's is not, unless the line already tells (a=rtcp).
 */
static void place_media(struct sdp_place *to, const struct call_place *from,
			const struct sdp_media *media)
{
	const struct alg_address rtcp = alg_address_from(&from->rtcp);
	const struct alg_address rtp = alg_address_from(&from->rtp);

	to->mapped = from->mapped;
	to->rtp = from->rtp;
	to->rtcp.ss_family = AF_UNSPEC;
	if (media->rtcp.port.len || !alg_address_equal(&rtp, &rtcp))
		to->rtcp = from->rtcp;
}

/* Where the m-lines go, and why those stay that do. */
static int turn_media(struct alg_passage *passage, const struct sdp *sdp,
		      const struct call_verdict *verdict,
		      struct sdp_place *places)
{
	const uint32_t from = passage->edits.used;
	unsigned int i;
	int err;

	for (i = 0; i < verdict->n_places; i++) {
		place_media(&places[i], &verdict->places[i], &sdp->media[i]);
		if (!places[i].mapped)
			note_left(passage, &sdp->media[i],
				  verdict->places[i].left);
	}
	err = sdp_edit(&passage->edits, sdp, places);
	alg_notes_edits(passage, passage->way == ALG_OUT ?
			ALG_WHY_media_mapped : ALG_WHY_media_mirrored, from);
	return err;
}

static int turn_ice(struct alg_passage *passage, const struct sdp *sdp,
		    enum call_ice ice, const struct sdp_place *places)
{
	const uint32_t from = passage->edits.used;
	int err = 0;

	switch (ice) {
	case CALL_ICE_PASS:
		break;
	case CALL_ICE_ANCHOR:
		err = sdp_ice_strip(&passage->edits, sdp);
		alg_notes_edits(passage, ALG_WHY_ice_stripped, from);
		break;
	case CALL_ICE_INSERT:
		err = sdp_ice_insert(&passage->edits, sdp, places);
		alg_notes_edits(passage, ALG_WHY_ice_inserted, from);
		break;
	}
	return err;
}

static void turn(struct alg_passage *passage, const struct sdp *sdp,
		 const struct call_verdict *verdict)
{
	struct sdp_place places[SDP_MAX_MEDIA];
	int err = 0;

	if (verdict->n_places == sdp->n_media)
		err = turn_media(passage, sdp, verdict, places);
	if (!err)
		err = turn_ice(passage, sdp, verdict->ice, places);
	if (!err)
		err = sip_edit_content_length(&passage->edits, passage->msg);
	if (err && !passage->edit_error)
		passage->edit_error = err;
}

/* An SDP that says what somebody can do, and agrees on nothing (sip-alg C20). */
static void note_idle(struct alg_passage *passage)
{
	struct sip_span found;

	if (passage->msg->body.len &&
	    sip_mime_find_sdp(passage->msg, &found, 1))
		alg_passage_left(passage, ALG_WHY_sdp_idle,
				 (struct sip_span){ 0 });
}

/*
 * Does the SDP have to stay, for it is hashed into the phone's credentials (sip-alg
 * B24)? Its media then goes as the peer can make it go.
 */
static bool is_signed(struct alg_passage *passage)
{
	const struct sip_span all = { 0 };
	const bool bypass = passage->alg->policy.auth_int_bypass;

	if (passage->way != ALG_OUT || !sip_digest_has_body(passage->msg))
		return false;
	alg_passage_left(passage, bypass ? ALG_WHY_sdp_signed :
				  ALG_WHY_credentials_broken, all);
	return bypass;
}

/* Our address inside, where the phone's media is to come to it; or NULL. */
static const struct sockaddr_storage *
inside_of(const struct alg_passage *passage, struct sockaddr_storage *inside)
{
	const struct sockaddr_storage lan =
		alg_address_to(&passage->endpoint->lan);
	const struct alg_policy *policy = &passage->alg->policy;

	return policy->inside && policy->inside(policy->lan_arg, &lan, inside) ?
	       inside : NULL;
}

int alg_body_map(struct alg_passage *passage)
{
	const struct sockaddr_storage public =
		alg_address_to(&passage->endpoint->advertised);
	const struct sockaddr_storage local =
		alg_address_to(&passage->endpoint->public);
	struct call_verdict verdict;
	struct call_message message = {
		.from = passage->way == ALG_OUT ? CALL_LAN : CALL_WAN,
		.msg = passage->msg,
		.endpoint = passage->endpoint->id,
		.public = &public,
		.local = &local,
		.now_ms = alg_now_ms(passage->alg),
	};
	struct sockaddr_storage inside;
	struct sdp sdp;
	int err;

	message.inside = inside_of(passage, &inside);
	if (!bears_on_calls(passage->method)) {
		note_idle(passage);
		return 0;
	}
	if (read_sdp(passage, &sdp) && !is_signed(passage))
		message.sdp = &sdp;
	err = call_message(passage->alg->calls, &message, &verdict);
	if (message.sdp)
		turn(passage, &sdp, &verdict);
	return err;
}

void alg_body_withdraw(struct alg_passage *passage)
{
	const struct call_message message = {
		.from = passage->way == ALG_OUT ? CALL_LAN : CALL_WAN,
		.msg = passage->msg,
		.endpoint = passage->endpoint->id,
		.now_ms = alg_now_ms(passage->alg),
	};

	call_withdraw(passage->alg->calls, &message);
}

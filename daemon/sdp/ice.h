/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICE in a session description (RFC 8839): taking it out, or joining it.
 *
 * A description whose c= and m= are moved while its candidates stay makes the
 * peer find that they do not match, and give up on ICE or on the call (RFC 8839
 * section 4.2.5). So candidates go together with the rest: either no ICE line
 * stays, or the new address is a candidate, too, and the default one.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SDP_ICE_H
#define SIPFAST_DAEMON_SDP_ICE_H

#include "sdp/edit.h"
#include "sdp/sdp.h"
#include "sip/edit.h"

/**
 * sdp_ice_strip() - add the edits that leave no ICE in @sdp
 * @edits: the message's list
 * @sdp: the description
 *
 * Whole lines go: candidates, credentials and options, of the session and of
 * every m-line (RFC 8839 section 5, RFC 8840 section 8.2). What the media itself
 * needs stays, a=setup and a=fingerprint among it.
 *
 * Return: 0, or -errno of sip_edit_replace(); then the list is not to be used.
 */
int sdp_ice_strip(struct sip_edits *edits, const struct sdp *sdp);

/**
 * sdp_ice_insert() - add the edits that make @places candidates
 * @edits: the message's list
 * @sdp: the description
 * @places: one for each of its m-lines, as for sdp_edit()
 *
 * Each m-line with ICE that is moved gets a host candidate before its others,
 * of a foundation of its own and a priority above theirs (RFC 8445 section
 * 5.1.2), and one for RTCP where it has some for that. IPv4 and IPv6.
 *
 * Return: likewise.
 */
int sdp_ice_insert(struct sip_edits *edits, const struct sdp *sdp,
		   const struct sdp_place *places);

#endif

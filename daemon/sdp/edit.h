/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making a session description point elsewhere.
 *
 * Only addresses and ports of c=, m= and a=rtcp are replaced. A c= line is added
 * where two m-lines that shared the session's now need different hosts, an
 * a=rtcp line where RTCP is no longer found on the next port, and no line is
 * ever taken away. What is held, rejected, multicast, of another family or named
 * rather than numbered stays as it is.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SDP_EDIT_H
#define SIPFAST_DAEMON_SDP_EDIT_H

#include "sdp/sdp.h"
#include "sip/edit.h"

/**
 * struct sdp_place - where one m-line is to point
 * @mapped: false where it stays as it came
 * @rtp: address and port to write
 * @rtcp: likewise for RTCP; AF_UNSPEC where RTCP has no place of its own
 */
struct sdp_place {
	bool mapped;
	struct sockaddr_storage rtp;
	struct sockaddr_storage rtcp;
};

/**
 * sdp_edit() - add the edits that make @sdp point to @places
 * @edits: the message's list
 * @sdp: the description
 * @places: one for each of its m-lines
 *
 * Return: 0, or -errno of sip_edit_replace(); then the list is not to be used.
 */
int sdp_edit(struct sip_edits *edits, const struct sdp *sdp,
	     const struct sdp_place *places);

#endif

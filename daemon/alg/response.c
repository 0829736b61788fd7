// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A response on its way through us.
 *
 * Nobody can refuse a response. One that cannot be changed as it should be
 * leaves as it came, rather than half changed: its INVITE is answered then, and
 * whoever gets it can end the call (I4).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/body.h"
#include "alg/headers.h"
#include "alg/passage.h"
#include "alg/registration.h"
#include "alg/subscription.h"
#include "alg/via.h"
#include "alg/walk.h"

static bool is_success(const struct sip_msg *msg)
{
	return msg->status >= 200 && msg->status < 300;
}

void alg_response_out(struct alg_passage *passage)
{
	alg_headers_map(passage);
	alg_body_map(passage);
	if (is_success(passage->msg) && passage->method == SIP_SUBSCRIBE)
		alg_subscription_grant(passage, NULL);
	if (passage->edit_error)
		alg_passage_leave_alone(passage);
	passage->alg->counters.responses_out++;
	alg_passage_end(passage, NULL);
}

static void note_grant(struct alg_passage *passage,
		       const struct alg_branch *branch)
{
	if (passage->method == SIP_REGISTER)
		alg_registration_grant(passage, branch);
	else if (passage->method == SIP_SUBSCRIBE)
		alg_subscription_grant(passage, branch);
}

/*
 * It may come from elsewhere than where the request went, but it names the
 * branch, which nobody else knows. When we do not know it (any more), the sender
 * has to be somebody whom the phone has written to. Without a Via that can be
 * read the phone will not know its request either: hands off (I4).
 */
void alg_response_in(struct alg_passage *passage)
{
	struct alg_branch *branch = alg_via_recall(passage);
	struct alg *alg = passage->alg;

	if (!branch && !alg_endpoint_knows(passage->endpoint, &passage->peer)) {
		alg->counters.dropped_stranger++;
		return;
	}
	if (!passage->has_via)
		goto leave;
	alg_via_restore(passage, branch);
	alg_headers_map(passage);
	alg_body_map(passage);
	if (branch) {
		alg_endpoint_used(passage->endpoint, alg_now_ms(alg));
		alg_branch_responded(alg, branch, passage->msg->status);
		if (is_success(passage->msg))
			note_grant(passage, branch);
	}
leave:
	if (passage->edit_error)
		alg_passage_leave_alone(passage);
	alg->counters.responses_in++;
	alg_passage_end(passage, branch ? &branch->reply
					: &passage->endpoint->lan);
}

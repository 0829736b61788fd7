#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Each scenario is in the table of Documentation/scenarios.rst, as it describes
# itself: whoever adds one has run selftests/sip/table.

top=$(realpath "$(dirname "$0")/../..")
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"

ktap_plan 1
ktap_test "the table has every scenario" "$top/selftests/sip/table" --check
ktap_end

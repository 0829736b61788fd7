#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# sipfastctl's command line, without the module: help at each level, and every
# kind of wrong usage.

# shellcheck disable=SC2317 # the functions are called by ktap_test
here=$(realpath "$(dirname "$0")")
top=$(realpath "$here/../..")
# shellcheck source=../lib/ktap.sh
. "$here/../lib/ktap.sh"

ctl=${SIPFASTCTL:-${SIPFAST_BUILD:-$top/build}/sipfastctl}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# Its exit status has to be the first argument, and what it says on stderr, or
# on stdout where it succeeds, has to have the second in it.
ends()	# STATUS TEXT ARGUMENT...
{
	local wanted=$1 text=$2 status=0 said=err

	shift 2
	timeout 10 "$ctl" "$@" >"$dir/out" 2>"$dir/err" </dev/null || status=$?
	[ "$wanted" -ne 0 ] || said=out
	cat "$dir/out" "$dir/err"
	[ "$status" -eq "$wanted" ] && grep -qF -- "$text" "$dir/$said"
}

# "session add" and so on, from the help
commands()
{
	local noun verb verbs

	for noun in $("$ctl" --help | sed -n '/^Nouns:/,/^$/s/^  \([a-z]*\).*/\1/p'); do
		verbs=$("$ctl" "$noun" --help |
			sed -n '/^Verbs:/,/^$/s/^  \([a-z]\{1,\}\).*/\1/p')
		if [ -z "$verbs" ]; then
			echo "$noun"
		else
			for verb in $verbs; do
				echo "$noun $verb"
			done
		fi
	done
}

every_command_has_help()
{
	local command count=0

	while read -r command; do
		# shellcheck disable=SC2086 # words
		ends 0 "Usage: sipfastctl [OPTION]... $command" \
			$command --help || return
		count=$((count + 1))
	done < <(commands)
	[ "$count" -ge 15 ]
}

help_fits_the_screen()
{
	local command

	while read -r command; do
		# shellcheck disable=SC2086 # words
		"$ctl" $command --help | awk 'length > 80 { print; bad = 1 }
			END { exit bad }' || return
	done < <(echo; commands)
}

needs_module()	# ARGUMENT...
{
	if [ -d /sys/module/sipfast ]; then
		ktap_skip "without the module: $*" "it is loaded"
	else
		ktap_test "without the module: $*" \
			ends 3 "module sipfast is not loaded" "$@"
	fi
}

[ -x "$ctl" ] || ktap_skip_all "$ctl is not built"
endpoint="stream a remote"

ktap_plan 47
ktap_test "version is said" ends 0 "sipfastctl " --version
ktap_test "help names the nouns" ends 0 "  session VERB" --help
ktap_test "help is a word, too" ends 0 "  session VERB" help
ktap_test "help of a noun names its verbs" ends 0 "  flush [PREFIX]" session -h
ktap_test "every command has its help" every_command_has_help
ktap_test "in 80 columns" help_fits_the_screen

ktap_test "no noun" ends 2 "a noun is missing"
ktap_test "no verb" ends 2 "a verb is missing" session
ktap_test "unknown noun" ends 2 "unknown noun: talks" talks list
ktap_test "unknown verb" ends 2 "unknown verb: lst" session lst
ktap_test "unknown option" ends 2 "unrecognized option" --colour version
ktap_test "option without its value" ends 2 "requires an argument" --socket
ktap_test "socket path too long" ends 2 "too long" \
	-s "$(printf '%0200d' 0)" call list
ktap_test "a word too many: session list" ends 2 "unexpected: x" session list x
ktap_test "... session show" ends 2 "unexpected: x" session show 1 x
ktap_test "... session flush" ends 2 "unexpected: x" session flush a x
ktap_test "... device del" ends 2 "unexpected: x" device del eth0 x
ktap_test "... monitor" ends 2 "unexpected: x" monitor x
ktap_test "... version" ends 2 "unexpected: x" version x
ktap_test "... call show" ends 2 "unexpected: x" call show a x
ktap_test "no number" ends 2 "session is missing" session show
ktap_test "not a number" ends 2 "session: not a number: 1x" session del 1x
ktap_test "a negative number" ends 2 "not a number: -1" session del -1
ktap_test "too large a number" ends 2 "not a number" pinhole del 4294967296
ktap_test "nothing to add" ends 2 "-f FILE or words" session add
ktap_test "no device" ends 2 "a device is missing" device add
ktap_test "no Call-ID" ends 2 "a Call-ID is missing" call show
ktap_test "no such word" ends 2 "no such word: cookei" session add cookei x
ktap_test "a value missing" ends 2 "cookie: its value is missing" \
	session add cookie
ktap_test "a word twice" ends 2 "cookie is given twice" \
	session add cookie a cookie b
# shellcheck disable=SC2086 # words
ktap_test "no endpoint" ends 2 "remote: ADDRESS:PORT was expected, not here" \
	session add $endpoint here
# shellcheck disable=SC2086 # words
ktap_test "no number, of a device" ends 2 "ifindex: a number was expected" \
	session add $endpoint 192.0.2.1:1 ifindex nothing0
ktap_test "no file" ends 2 "-f: a file is missing" session add -f
ktap_test "no such file" ends 2 "$dir/none:" session add -f "$dir/none"
echo '{"cookie": "a", "cookie": "b"}' >"$dir/twice"
ktap_test "a key twice" ends 2 "$dir/twice:1:" session add -f "$dir/twice"
printf '{\n"cookie" 1}' >"$dir/bad"
ktap_test "no JSON, with line and column" ends 2 "$dir/bad:2:" \
	session set -f "$dir/bad"
echo '"text"' >"$dir/text"
echo '{}' >"$dir/object"
printf '# a comment\n\nbogus noun\nhelp\n' >"$dir/script"
ktap_test "JSON that is no object" ends 2 "'[' or '{' expected" session add -f "$dir/text"
ktap_test "a batch of nothing" ends 2 "a file is missing" session batch
ktap_test "a batch that is no list" ends 2 "a list was expected" \
	session batch "$dir/object"
ktap_test "no file of commands" ends 2 "$dir/none: No such file" -b "$dir/none"
ktap_test "commands in a file and beside it" ends 2 "unexpected: version" \
	-b "$dir/script" version
ktap_test "a wrong command in a file" ends 2 "unknown noun: bogus" \
	-b "$dir/script"
ktap_test "and where it is" ends 2 "$dir/script:3: " -b "$dir/script"

needs_module session list
needs_module monitor
needs_module version
ktap_test "without the daemon" ends 3 "$dir/sock: sipfastd is not running" \
	-s "$dir/sock" endpoint list
ktap_end

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of sipfastctl in bash, which needs nothing but bash.
#
# The line is cut at blanks, for the words of bash end at the colons that
# addresses have. What there is comes from sipfastctl itself, where it may ask,
# and is never expanded (compgen -W would): a Call-ID is somebody else's text.
#
# Copyright (C) 2026 The sipfast authors

# Those of WORD... that go on from what is there, less what bash has already.
_sipfastctl_offer()	# WORD...
{
	local word

	for word in "$@"; do
		[[ $word == "$current"* ]] || continue
		COMPREPLY+=("${word#"$before"}")
	done
}

_sipfastctl_ask()	# NOUN: prints its list as text
{
	"$program" "${options[@]}" "$1" list 2>/dev/null
}

# The numbers in the first column, under the heading.
_sipfastctl_ids()	# session|pinhole|endpoint
{
	local id last=

	while read -r id _; do
		id=${id%%.*}
		[[ $id == *[!0-9]* || $id == "$last" ]] && continue
		_sipfastctl_offer "$id"
		last=$id
	done < <(_sipfastctl_ask "$1")
}

_sipfastctl_call_ids()
{
	local what id

	while read -r what id; do
		[[ $what == call && $id != *[!A-Za-z0-9@:._+-]* ]] || continue
		_sipfastctl_offer "$id"
	done < <(_sipfastctl_ask call)
}

_sipfastctl_devices()	# those attached, with "all" those there are
{
	local name paths

	if [[ ${1-} == all ]]; then
		paths=(/sys/class/net/*)
		_sipfastctl_offer "${paths[@]##*/}"
		return
	fi
	while read -r name _; do
		[[ $name == IFNAME ]] || _sipfastctl_offer "$name"
	done < <(_sipfastctl_ask device)
}

_sipfastctl_files()
{
	mapfile -t COMPREPLY < <(compgen -f -- "${current#"$before"}")
	compopt -o filenames 2>/dev/null
}

# The values that an attribute can have, where a list can tell them.
_sipfastctl_value()	# NAME
{
	case $1 in
	rule)
		_sipfastctl_offer relay nat ;;
	kind)
		_sipfastctl_offer rtp rtcp opaque ;;
	learn)
		_sipfastctl_offer exact same-address learn-once off ;;
	stun|dtls|zrtp|turn)
		_sipfastctl_offer relay user drop ;;
	hook)
		_sipfastctl_offer ingress pre-routing ;;
	protocol)
		_sipfastctl_offer 17 6 ;;
	ifindex)
		_sipfastctl_devices all ;;
	esac
}

# What may follow the words of a session: the value of the last one, or names
# of the nest that they are in and of those around it.
_sipfastctl_session_words()	# add|set WORD...
{
	local names="cookie lifetime-ms idle-notify-ms idle-expire-ms stream"
	local stream="id rule kind a b stun dtls zrtp turn"
	local side="local remote learn learn-window-ms dscp mark ifindex
		rate-packets rate-bytes"
	local nest=

	[[ $1 == set ]] && names+=" stream-remove"
	shift
	while (($#)); do
		case $1 in
		stream)
			nest=$stream ;;
		a|b)
			nest="$side $stream" ;;
		*)
			if (($# == 1)); then
				_sipfastctl_value "$1"
				return
			fi
			shift ;;
		esac
		shift
	done
	# shellcheck disable=SC2086 # names
	_sipfastctl_offer $nest $names
}

# For words without nests: every other one is a name.
_sipfastctl_pairs()	# NAMES WORD...
{
	local names=$1

	shift
	if (($# % 2)); then
		_sipfastctl_value "${!#}"
	else
		# shellcheck disable=SC2086 # names
		_sipfastctl_offer $names
	fi
}

_sipfastctl_session()	# VERB WORD...
{
	local verb=$1

	shift
	case $verb in
	show|del)
		(($#)) || _sipfastctl_ids session
		return ;;
	set)
		if ((!$#)); then
			_sipfastctl_ids session
			_sipfastctl_offer -f
			return
		fi
		[[ $1 == -f ]] || shift ;;
	add)
		(($#)) || _sipfastctl_offer -f ;;
	batch)
		(($#)) || _sipfastctl_files
		return ;;
	*)
		return ;;
	esac
	if [[ ${1-} != -f ]]; then
		_sipfastctl_session_words "$verb" "$@"
	elif (($# == 1)); then
		_sipfastctl_files
	fi
}

_sipfastctl_device()	# VERB WORD...
{
	case $1.$# in
	add.1)
		_sipfastctl_devices all ;;
	del.1)
		_sipfastctl_devices ;;
	add.[23])
		_sipfastctl_pairs hook "${@:3}" ;;
	esac
}

_sipfastctl_pinhole()	# VERB WORD...
{
	case $1.$# in
	show.1|del.1)
		_sipfastctl_ids pinhole ;;
	add.*)
		shift
		_sipfastctl_pairs \
			"local protocol ifindex peer cookie lifetime-ms" "$@" ;;
	esac
}

_sipfastctl_stats()	# WORD...
{
	local cpus

	if [[ ${1-} == -a ]]; then
		shift
	elif ((!$#)); then
		_sipfastctl_offer -a
	fi
	if ((!$#)); then
		_sipfastctl_offer cpu daemon
	elif [[ $# -eq 1 && $1 == cpu ]]; then
		cpus=(/sys/devices/system/cpu/cpu[0-9]*)
		_sipfastctl_offer "${cpus[@]##*/cpu}"
	fi
}

_sipfastctl_noun()	# NOUN WORD...
{
	local noun=$1
	local -A verbs=(
		[session]="list show add batch set del flush"
		[device]="list add del"
		[pinhole]="list show add del"
		[connection]="list"
		[endpoint]="list why"
		[call]="list show why"
	)

	shift
	if [[ -n ${verbs[$noun]-} && $# -eq 0 ]]; then
		# shellcheck disable=SC2086 # verbs
		_sipfastctl_offer ${verbs[$noun]} --help
		return
	fi
	case $noun in
	session|device|pinhole|stats)
		"_sipfastctl_$noun" "$@" ;;
	monitor)
		(($#)) || _sipfastctl_offer payloads ;;
	call)
		[[ $# -eq 1 && $1 == @(show|why) ]] && _sipfastctl_call_ids ;;
	endpoint)
		[[ $# -eq 1 && $1 == why ]] && _sipfastctl_ids endpoint ;;
	esac
	[[ $current == -* ]] && _sipfastctl_offer --help
}

# Bash gives the program and the last piece of the word that is being written.
# What is local here is known to the functions above.
_sipfastctl()	# PROGRAM PIECE ...
{
	local program=$1 current before
	local -a words options=()

	COMPREPLY=()
	read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
	[[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=("")
	current=${words[-1]}
	before=${current%"$2"}
	words=("${words[@]:1:${#words[@]}-2}")

	while [[ ${words[0]-} == -* ]]; do
		case ${words[0]} in
		-b|--batch)
			((${#words[@]} > 1)) || _sipfastctl_files
			return ;;
		-s|--socket)
			if ((${#words[@]} == 1)); then
				_sipfastctl_files
				return
			fi
			options=(-s "${words[1]}")
			words=("${words[@]:2}") ;;
		*)
			words=("${words[@]:1}") ;;
		esac
	done
	if ((${#words[@]})); then
		_sipfastctl_noun "${words[@]}"
	elif [[ $current == -* ]]; then
		_sipfastctl_offer --json --pretty --batch --socket --help \
			--version -j -p -b -s -h -V
	else
		_sipfastctl_offer session device pinhole stats monitor \
			connection endpoint call version
	fi
}

complete -F _sipfastctl sipfastctl

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Real SIP peers for tests and the demo: Kamailio as the provider's registrar
# and proxy, baresip as phones.
#
# Each runs in a network namespace given by name. Everything they write lies
# below $PEERS_DIR, which the caller makes and removes; peers_stop ends every
# process started here. Phones are driven through baresip's ctrl_tcp and read
# through their logs.
#
#	provider_start NS ADDRESS	at port 5060, by UDP and TCP
#	phone_start NS NAME ADDRESS PROVIDER [SECONDS]
#					speaks UDP, or what PHONE_TRANSPORT says
#	phone_registered NAME		has its REGISTER been accepted?
#	phone_do NAME COMMAND [PARAMS]	dial URI, hangup, hold, resume ...
#	phone_call CALLER CALLEE PROVIDER	until both are in the call
#	phone_hangup NAME OTHER		until neither is
#	phone_logged NAME TEXT
#	phone_summary NAME packets|lost|jitter sent|received
#					its own account of the last call
#	phone_heard NAME PACKETS	has it received so many, in the last call?
#	peers_stop
#
# Copyright (C) 2026 The sipfast authors

# PEERS_DIR is the caller's
# shellcheck disable=SC2153
PEERS_LIB=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
PEERS_PASSWORD=demo
declare -A PEERS_PID PEERS_NS

peers_start()	# NAME NS COMMAND...
{
	local name=$1 ns=$2

	shift 2
	PEERS_NS[$name]=$ns
	ip netns exec "$ns" "$@" >"$PEERS_DIR/$name.log" 2>&1 </dev/null &
	PEERS_PID[$name]=$!
}

# A phone signs off before it ends, so the provider goes last.
peers_stop()
{
	local name

	for name in "${!PEERS_PID[@]}"; do
		[ "$name" = provider ] || peers_end "$name"
	done
	[ -z "${PEERS_PID[provider]:-}" ] || peers_end provider
	PEERS_PID=()
}

peers_end()	# NAME
{
	kill "${PEERS_PID[$1]}" 2>/dev/null
	wait_while 10 kill -0 "${PEERS_PID[$1]}" 2>/dev/null ||
		kill -KILL "${PEERS_PID[$1]}"
}

peers_listening()	# NS PORT
{
	ip netns exec "$1" ss -Hlun "sport = :$2" | grep -q .
}

provider_start()	# NS ADDRESS
{
	peers_start provider "$1" kamailio -DD -E \
		-f "$PEERS_LIB/provider.cfg" -l "udp:$2:5060" -l "tcp:$2:5060" \
		-A "PASSWORD=\"$PEERS_PASSWORD\"" \
		-P "$PEERS_DIR/provider.pid" -w "$PEERS_DIR" -Y "$PEERS_DIR"
	wait_for 20 peers_listening "$1" 5060
}

# A tone to be sent: 16-bit mono at 8 kHz, so that nothing is resampled.
peers_tone()	# FILE HERTZ SECONDS
{
	perl -e '
		my ($hz, $s) = @ARGV;
		my $n = 8000 * $s;
		print "RIFF", pack("V", 36 + 2 * $n), "WAVEfmt ",
		      pack("VvvVVvv", 16, 1, 1, 8000, 16000, 2, 16),
		      "data", pack("V", 2 * $n);
		print pack("s<", 8000 * sin(6.283185307 * $hz * $_ / 8000))
			for 0 .. $n - 1;
	' "$2" "$3" >"$1"
}

phone_start()	# NS NAME ADDRESS PROVIDER [SECONDS]
{
	local dir=$PEERS_DIR/$2

	mkdir -p "$dir"
	[ -e "$PEERS_DIR/tone.wav" ] || peers_tone "$PEERS_DIR/tone.wav" 440 60
	cat >"$dir/config" <<-CONFIG
		poll_method		epoll
		sip_listen		$3:5060
		call_max_calls		4
		audio_source		aufile,$PEERS_DIR/tone.wav
		audio_player		aufile,$dir/unused.wav
		audio_alert		aufile,/dev/null
		ausrc_srate		8000
		auplay_srate		8000
		ausrc_channels		1
		auplay_channels		1
		rtp_ports		40000-40019
		rtp_stats		yes
		module_path		$(peers_baresip_modules)
		module			g711.so
		module			aufile.so
		module_app		account.so
		module_app		menu.so
		module_app		ctrl_tcp.so
		ctrl_tcp_listen		127.0.0.1:4444
	CONFIG
	echo "<sip:$2@$4;transport=${PHONE_TRANSPORT:-udp}>;auth_user=$2;auth_pass=$PEERS_PASSWORD;answermode=auto;regint=600;ptime=20;audio_codecs=pcma" \
		>"$dir/accounts"
	: >"$dir/contacts"
	peers_start "$2" "$1" baresip -f "$dir" -t "${5:-300}"
}

peers_baresip_modules()
{
	local dir

	for dir in /usr/lib/baresip/modules /usr/lib/*/baresip/modules \
		   /usr/local/lib/baresip/modules; do
		[ ! -d "$dir" ] || { echo "$dir"; return; }
	done
	return 1
}

phone_logged()	# NAME TEXT
{
	grep -qF -- "$2" "$PEERS_DIR/$1.log"
}

phone_registered()	# NAME
{
	phone_logged "$1" "200 OK (provider)"
}

# ctrl_tcp takes a netstring of JSON; the command is through when its answer
# has come, other events may come before it.
phone_do()	# NAME COMMAND [PARAMS]
{
	local json

	json="{\"command\":\"$2\",\"params\":\"${3:-}\",\"token\":\"t\"}"
	# shellcheck disable=SC2016	# $1 is the inner shell's
	ip netns exec "${PEERS_NS[$1]}" bash -c '
		exec 3<>/dev/tcp/127.0.0.1/4444 || exit 1
		printf "%s" "$1" >&3
		while read -r -d "}" -t 10 -u 3 part; do
			[[ $part != *\"response\":true* ]] || exit 0
		done
		exit 1
	' phone_do "${#json}:$json,"
}

phone_calls()	# NAME "Call established"|terminated
{
	grep -c -F -- "$2" "$PEERS_DIR/$1.log"
}

phone_has()	# NAME TEXT MORE-THAN
{
	[ "$(phone_calls "$1" "$2")" -gt "$3" ]
}

phone_call()	# CALLER CALLEE PROVIDER
{
	local caller callee

	caller=$(phone_calls "$1" "Call established")
	callee=$(phone_calls "$2" "Call established")
	phone_do "$1" dial "sip:$2@$3" &&
		wait_for 20 phone_has "$2" "Call established" "$callee" &&
		wait_for 20 phone_has "$1" "Call established" "$caller"
}

phone_hangup()	# NAME OTHER
{
	local one other

	one=$(phone_calls "$1" "terminated (duration")
	other=$(phone_calls "$2" "terminated (duration")
	phone_do "$1" hangup &&
		wait_for 20 phone_has "$1" "terminated (duration" "$one" &&
		wait_for 20 phone_has "$2" "terminated (duration" "$other" &&
		wait_for 20 phone_summarised "$1" &&
		wait_for 20 phone_summarised "$2"
}

# The summary comes after the line that says that the call has ended.
phone_summarised()	# NAME
{
	tr '\r' '\n' <"$PEERS_DIR/$1.log" |
		awk '/Call established/ { done = 0 } /^packets:/ { done = 1 }
		     END { exit !done }'
}

# What baresip says at the end of a call about the audio it sent and received.
phone_summary()	# NAME packets|lost|jitter sent|received
{
	local column=2

	[ "$3" = sent ] || column=3
	tr '\r' '\n' <"$PEERS_DIR/$1.log" |
		awk -v key="$2:" -v column="$column" \
			'$1 == key { value = $column } END { print value }'
}

phone_heard()	# NAME PACKETS; at least
{
	local packets

	packets=$(phone_summary "$1" packets received)
	echo "$packets packets"
	[ "$packets" -ge "$2" ]
}

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""sipfastctl against a control socket that answers well, badly, or not at all.

Copyright (C) 2026 The sipfast authors
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
CTL = os.environ.get("SIPFASTCTL") or os.path.join(
    os.environ.get("SIPFAST_BUILD", os.path.join(TOP, "build")), "sipfastctl")

ENDPOINTS = [{
    "id": 1, "transport": "udp",
    "lan": {"addr4": "192.168.1.10", "port": 5060},
    "public": {"addr4": "203.0.113.1", "port": 5060}, "calls": 1,
    "leases": [{"kind": "registration", "what": "sip:alice@example.com",
                "left-s": 3540}],
    "from-lan": 12, "from-wan": 11, "idle-ms": 250}]
CALLS = [{
    "call-id": "%s@host" % name, "from-uri": "sip:alice@example.com",
    "to-uri": "sip:bob@example.com", "state": "confirmed", "caller": "lan",
    "endpoint": 1, "session": 7, "age-ms": 5000, "streams": [{
        "id": 0, "kind": "rtp",
        "lan": {"addr4": "192.168.1.10", "port": 4000},
        "public": {"addr4": "203.0.113.1", "port": 20000}, "remote": None}],
} for name in ("abc", "abd")]


@contextlib.contextmanager
def daemon(answer):
    """A control socket that answers one client; says what it was asked."""
    asked = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "sock")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()

        def serve():
            client = listener.accept()[0]
            asked.append(client.makefile().readline())
            client.sendall(answer)
            client.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield path, asked
        thread.join(10)
        listener.close()


def ask(answer, *words):
    """Returns exit status, stdout, stderr, and what the daemon was asked."""
    if not isinstance(answer, bytes):
        answer = json.dumps(answer).encode() + b"\n"
    with daemon(answer) as (path, asked):
        run = subprocess.run([CTL, "--socket", path, *words], timeout=30,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True, check=False)
    return run.returncode, run.stdout, run.stderr, asked


def good(result):
    return {"ok": True, "result": result}


def endpoints_are_asked_for():
    _, _, _, asked = ask(good([]), "endpoint", "list")
    return json.loads(asked[0]) == {"command": "endpoint-list"}


def endpoints_are_a_table():
    code, out, _, _ = ask(good(ENDPOINTS), "endpoint", "list")
    lines = out.splitlines()
    return (code == 0 and len(lines) == 3
            and lines[1].split() == ["1", "udp", "192.168.1.10:5060",
                                     "203.0.113.1:5060", "1", "12", "11",
                                     "250"]
            and "registration sip:alice@example.com, 3540 s" in lines[2]
            and max(map(len, lines)) <= 80)


def no_endpoint_is_no_line():
    return ask(good([]), "endpoint", "list")[:2] == (0, "")


def json_is_passed_on():
    code, out, _, _ = ask(good(ENDPOINTS), "-j", "endpoint", "list")
    return code == 0 and json.loads(out) == ENDPOINTS


def calls_are_blocks():
    code, out, _, asked = ask(good(CALLS), "call", "list")
    return (code == 0 and json.loads(asked[0]) == {"command": "call-list"}
            and out.startswith("call abc@host\n") and "\n\ncall abd@" in out
            and "      lan: 192.168.1.10:4000" not in out
            and "    lan: 192.168.1.10:4000\n" in out
            and "    remote: -\n" in out)


def call_by_its_beginning():
    code, out, _, _ = ask(good(CALLS), "-j", "call", "show", "abd")
    return code == 0 and json.loads(out) == CALLS[1]


def call_that_is_ambiguous():
    code, _, err, _ = ask(good(CALLS), "call", "show", "ab")
    return code == 2 and "more than one call" in err


def call_that_there_is_not():
    code, _, err, _ = ask(good(CALLS), "call", "show", "x")
    return code == 1 and "x: no such call" in err


WHY = {"call-id": "abc@host", "forgotten": 2, "entries": [
    {"age-ms": 12045, "endpoint": 1, "way": "out", "message": "INVITE",
     "where": "Contact", "from": "192.168.1.10", "to": "203.0.113.1",
     "reason": "values-mapped", "why": "it names a phone"},
    {"age-ms": 12045, "endpoint": 1, "way": "out", "message": "INVITE",
     "where": "m=audio", "from": "audio 0 RTP/AVP 0\u001b[2J",
     "reason": "media-rejected", "why": "it is off"},
    {"age-ms": 45, "endpoint": 1, "way": "in", "message": "200 to INVITE",
     "where": "", "from": "", "reason": "sdp-left", "why": "what is it"}]}


def why_is_told_message_by_message():
    code, out, _, asked = ask(good(WHY), "call", "why", "abc")
    return (code == 0 and out == (
        "2 earlier entries are forgotten\n"
        "INVITE from the LAN, 12.045 s ago, endpoint 1:\n"
        "  Contact: 192.168.1.10 -> 203.0.113.1\n"
        "    it names a phone\n"
        "  m=audio: audio 0 RTP/AVP 0 [2J\n"
        "    it is off\n"
        "200 to INVITE from outside, 0.045 s ago, endpoint 1:\n"
        "  the message\n"
        "    what is it\n")
            and json.loads(asked[0]) == {"command": "call-why",
                                         "call-id": "abc"})


def why_of_an_endpoint():
    code, out, _, asked = ask(good(dict(WHY, entries=[], forgotten=0)),
                              "endpoint", "why", "7")
    return (code == 0 and out.startswith("nothing was changed")
            and json.loads(asked[0]) == {"command": "endpoint-why", "id": 7}
            and json.loads(ask(good(WHY), "-j", "call", "why", "x")[1])
            == WHY)


def refusal_is_said():
    code, out, err, _ = ask({"ok": False, "error": "not now"}, "call", "list")
    return code == 1 and not out and "sipfastd: not now" in err


def answer_without_a_meaning():
    code, _, err, _ = ask({"foo": 1}, "call", "list")
    return code == 1 and "sipfastd: " in err


def answer_that_is_no_json():
    code, _, err, _ = ask(b"what?\n", "endpoint", "list")
    return code == 1 and err


def results_of_a_wrong_kind():
    wrong = (None, 7, {}, [7, "x", None], [{"lan": 7, "leases": "x"}])
    return all(ask(good(result), *words)[0] in (0, 1)
               for result in wrong
               for words in (("endpoint", "list"), ("call", "list"),
                             ("call", "show", "x"), ("call", "why", "x"),
                             ("-j", "call", "list")))


def no_answer_at_all():
    code, _, err, _ = ask(b"", "endpoint", "list")
    return code == 1 and err


TESTS = (endpoints_are_asked_for, endpoints_are_a_table,
         no_endpoint_is_no_line, json_is_passed_on, calls_are_blocks,
         call_by_its_beginning, call_that_is_ambiguous,
         call_that_there_is_not, why_is_told_message_by_message,
         why_of_an_endpoint, refusal_is_said, answer_without_a_meaning,
         answer_that_is_no_json, results_of_a_wrong_kind, no_answer_at_all)


def main():
    if not os.access(CTL, os.X_OK):
        print("TAP version 13\n1..0 # SKIP %s is not built" % CTL)
        sys.exit(4)
    failed = 0
    print("TAP version 13\n1..%d" % len(TESTS))
    for number, test in enumerate(TESTS, 1):
        passed = bool(test())
        failed += not passed
        print("%sok %d %s" % ("" if passed else "not ", number,
                              test.__name__.replace("_", " ")))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

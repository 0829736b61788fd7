#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Raw SIP peer: one datagram out, what comes back in; or the other way round.

send	takes the bytes of standard input, sends them from one endpoint to
	another and writes the datagrams that answer to standard output.
take	waits for one datagram at an endpoint and writes its bytes; with --reply
	it answers with the bytes of that file.

Exit status 0 where something came in time, 1 where nothing did.

Copyright (C) 2026 The sipfast authors
"""

import argparse
import socket
import sys


def endpoint(text):
    address, port = text.rsplit(":", 1)
    return address.strip("[]"), int(port)


def spell(source):
    address, port = source[:2]
    return ("[%s]:%d" if ":" in address else "%s:%d") % (address, port)


def open_at(local, timeout):
    family = socket.AF_INET6 if ":" in local[0] else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.settimeout(timeout)
    sock.bind(local)
    return sock


def send(args):
    sock = open_at(args.local, args.timeout)
    sock.sendto(sys.stdin.buffer.read(), args.remote)
    if args.no_answer:
        return 0
    data, source = sock.recvfrom(65535)
    sys.stdout.buffer.write(data)
    if args.show_source:
        print("source", spell(source), file=sys.stderr)
    return 0


def take(args):
    sock = open_at(args.local, args.timeout)
    if args.ready:
        open(args.ready, "w").close()
    data, source = sock.recvfrom(65535)
    sys.stdout.buffer.write(data)
    if args.show_source:
        print("source", spell(source), file=sys.stderr)
    if args.reply:
        with open(args.reply, "rb") as reply:
            sock.sendto(reply.read(), source)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--timeout", type=float, default=5)
    parser.add_argument("--show-source", action="store_true",
                        help="name the sender on standard error")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("send")
    verb.add_argument("--no-answer", action="store_true")
    verb.add_argument("local", type=endpoint)
    verb.add_argument("remote", type=endpoint)
    verb.set_defaults(run=send)
    verb = verbs.add_parser("take")
    verb.add_argument("--ready", help="file to make once listening")
    verb.add_argument("--reply", help="file with the answer")
    verb.add_argument("local", type=endpoint)
    verb.set_defaults(run=take)
    args = parser.parse_args()
    try:
        return args.run(args)
    except socket.timeout:
        return 1


if __name__ == "__main__":
    sys.exit(main())

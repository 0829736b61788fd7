# SPDX-License-Identifier: GPL-2.0-or-later
"""Real peers for scenarios: Kamailio as the provider, baresip as phones.

It is the provider of selftests/lib/provider.cfg: it asks for credentials,
stores Contacts as they come, routes by what messages say, and repairs nothing.
What it notices of a NAT it writes down.

Copyright (C) 2026 The sipfast authors
"""

import atexit
import glob
import json
import os
import shutil
import socket
import subprocess
import tempfile
import wave

import place
import sip
import tap

LIB = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../lib")
PASSWORD = "demo"


class Provider:
    """It has an address of its own, beside those of s."""

    ADDRESS = sip.literal(place.on_wan(30))

    def __init__(self, topology):
        self.dir = tempfile.mkdtemp(prefix="sipfast-provider.")
        atexit.register(self.remove)
        topology.change([("s", "add", place.on_wan(30), "eth0")])
        with open(self.path("log"), "w") as log, topology.within("s"):
            self.process = subprocess.Popen(
                ["kamailio", "-DD", "-E", "-f",
                 os.path.join(LIB, "provider.cfg"),
                 "-l", "%s:%s:5060" % (place.TRANSPORT.lower(), self.ADDRESS),
                 "-A", 'PASSWORD="%s"' % PASSWORD, "-P", self.path("pid"),
                 "-w", self.dir, "-Y", self.dir],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        tap.wait_for(lambda: ":5060" in topology.do_in(
            "s", "ss", "-Hlutn", "src", self.ADDRESS), 20)

    def path(self, name):
        return os.path.join(self.dir, name)

    def remove(self):
        self.process.terminate()
        try:
            self.process.wait(tap.bound(10))
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.dir)

    def nat_seen(self):
        """What it has noticed of a NAT, since it began."""
        with open(self.path("log"), encoding="utf-8") as log:
            return [line for line in log if "nat seen" in line]

    def saw_nat(self, agent):
        """What of it is about this user."""
        return [line for line in self.nat_seen()
                if "sip:%s@" % agent.user in line]

    def bindings(self, host, user):
        """The Contacts that are stored for a user, asked from anywhere."""
        authorised(host, "REGISTER", "sip:" + self.ADDRESS, self.ADDRESS,
                   user=user, contact="")
        return [contact for line in host.receive(200).all("Contact")
                for contact in line.split(", ")]


class Baresip:
    """A phone that registers, answers at once, plays silence to the other side
    in packets of 20 ms, and dials when it is told to."""

    CONTROL = ("127.0.0.1", 4444)

    CONFIG = """
        poll_method epoll
        sip_listen {at}
        audio_source aufile,{dir}/tone.wav
        audio_player aufile,{dir}/heard.wav
        audio_alert aufile,/dev/null
        ausrc_srate 8000
        auplay_srate 8000
        ausrc_channels 1
        auplay_channels 1
        rtp_ports 40000-40019
        module_path {modules}
        module g711.so
        module aufile.so
        module_app account.so
        module_app menu.so
        module_app ctrl_tcp.so
        ctrl_tcp_listen {control}
        """
    ACCOUNT = ("<{uri}>;auth_user={user};auth_pass={password};"
               "answermode=auto;regint=600;ptime=20;audio_codecs=pcma\n")

    def __init__(self, scene, ns, user):
        self.scene, self.ns = scene, ns
        self.dir = tempfile.mkdtemp(prefix="sipfast-phone.")
        values = {"at": sip.at(scene.ADDRESS[ns], 5060), "dir": self.dir,
                  "user": user, "control": sip.at(*self.CONTROL),
                  "uri": place.uri(user, Provider.ADDRESS),
                  "password": PASSWORD,
                  "modules": (glob.glob("/usr/lib/baresip/modules") +
                              glob.glob("/usr/lib/*/baresip/modules"))[0]}
        self.write("config", self.CONFIG.format(**values))
        self.write("accounts", self.ACCOUNT.format(**values))
        self.write("contacts", "")
        with wave.open(self.path("tone.wav"), "wb") as tone:
            tone.setnchannels(1)
            tone.setsampwidth(2)
            tone.setframerate(8000)
            tone.writeframes(bytes(2 * 8000 * 60))
        with open(self.path("log"), "w") as log, scene.within(ns):
            self.process = subprocess.Popen(["baresip", "-f", self.dir],
                                            stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        tap.wait_for(lambda: self.said("200 OK"))

    def dial(self, user):
        """Its media is of the family by which it has registered."""
        command = json.dumps({"command": "dial", "params": "sip:%s@%s" % (
            user, Provider.ADDRESS)})
        with self.scene.within(self.ns):
            control = socket.create_connection(self.CONTROL)
        control.sendall(("%d:%s," % (len(command), command)).encode())
        tap.wait_for(lambda: self.said("Call established"), 20)
        control.close()

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def said(self, text):
        with open(self.path("log"), errors="replace") as log:
            return text in log.read()

    def close(self):
        """It hangs up, and signs off."""
        self.process.terminate()
        try:
            self.process.wait(tap.bound(5))
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.dir)


def authorised(agent, method, uri, through, body=b"", user=None, more=(),
               **values):
    """Sends a request, is asked for credentials, and sends it with them."""
    user = user or agent.user
    who = "<sip:%s@%s>" % (user, through)
    values.setdefault("to", who if method == "REGISTER" else "<%s>" % uri)
    values.update(sender=who + ";tag=" + agent.scene.next(),
                  call_id=agent.scene.next() + "@example.com")
    agent.request(method, uri, body, through=through, more=more, **values)
    if method == "REGISTER":
        name, challenge = "Authorization", agent.receive(401)
    else:
        name, challenge = "Proxy-Authorization", agent.receive(407)
    if method == "INVITE":
        agent.send(ack_of(agent, challenge, uri), through)
    answer = sip.credentials(
        challenge["WWW-Authenticate"] or challenge["Proxy-Authenticate"],
        method, uri, user, PASSWORD)
    return agent.request(method, uri, body, through=through, cseq=2,
                         more=list(more) + [(name, answer)], **values)


def ack_of(agent, refusal, uri):
    """It belongs to the INVITE's own transaction (RFC 3261 17.1.1.3)."""
    via = refusal["Via"].partition(";")[0] + ";rport;branch=" + \
        refusal["Via"].partition(";branch=")[2].partition(";")[0]
    return sip.write("ACK %s SIP/2.0" % uri, [
        ("Via", via), ("Max-Forwards", 70), ("From", refusal["From"]),
        ("To", refusal["To"]), ("Call-ID", refusal["Call-ID"]),
        ("CSeq", refusal["CSeq"].replace("INVITE", "ACK"))])

"""What tests that look at packets share: recording on a host of a lab, reading that, finding what must not be in it.

A recorder is this file run on the host (homes.Homes.watch): every IP packet of every interface but loopback, with the
time and the interface at which it was seen.
"""
import base64
import pathlib
import signal
import socket
import struct
import sys
import time

HEAD = struct.Struct("!dIB16s")  # when (Unix seconds), length, PACKET_OUTGOING or not, interface


class Packet:
    """One recorded packet. `udp` and `tcp` are payloads, None where the packet is something else."""

    def __init__(self, when, outgoing, interface, data):
        self.when, self.outgoing, self.interface, self.data = when, outgoing, interface, data
        self.source = self.to = self.udp = self.tcp = None
        self.source_port = self.to_port = 0
        if data[0] >> 4 == 4 and len(data) >= 20:
            self.source, self.to = socket.inet_ntoa(data[12:16]), socket.inet_ntoa(data[16:20])
            kind, body = data[9], data[(data[0] & 15) * 4:struct.unpack("!H", data[2:4])[0]]
        elif data[0] >> 4 == 6 and len(data) >= 40:
            self.source, self.to = (socket.inet_ntop(socket.AF_INET6, data[at:at + 16]) for at in (8, 24))
            kind, body = data[6], data[40:40 + struct.unpack("!H", data[4:6])[0]]
        else:
            return
        if kind in (socket.IPPROTO_UDP, socket.IPPROTO_TCP) and len(body) >= 8:
            self.source_port, self.to_port = struct.unpack("!HH", body[:4])
        if kind == socket.IPPROTO_UDP:
            self.udp = body[8:]
        elif kind == socket.IPPROTO_TCP and len(body) >= 20:
            self.tcp = body[(body[12] >> 4) * 4:]

    def __str__(self):
        return f"{self.source}:{self.source_port} > {self.to}:{self.to_port}, {len(self.data)} bytes"


def record(path):
    """Until told to end. AF_PACKET hands every packet of the machine over, sent ones as well."""
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    tap.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE: a busy machine must not lose packets
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with open(path, "wb") as out:
        print("recording", flush=True)
        while True:
            data, (interface, kind, way, *_) = tap.recvfrom(65536)
            if kind in (0x0800, 0x86dd) and interface != "lo":
                out.write(HEAD.pack(time.time(), len(data), way == socket.PACKET_OUTGOING, interface.encode()) + data)
                out.flush()


class Recorder:
    """A recording on `host`, begun before the constructor returns."""

    def __init__(self, homes, host):
        self.host, self.path = host, pathlib.Path(homes.folder) / f"{host}.packets"
        self.process = homes.watch(host, "-B", __file__, str(self.path))

    def packets(self):
        """All packets so far, in order; half a packet at the end is left for the next time."""
        raw, at, found = self.path.read_bytes(), 0, []
        while at + HEAD.size <= len(raw):
            when, length, outgoing, interface = HEAD.unpack_from(raw, at)
            if at + HEAD.size + length > len(raw):
                break
            data = raw[at + HEAD.size:at + HEAD.size + length]
            at += HEAD.size + length
            if data:
                found.append(Packet(when, outgoing, interface.rstrip(b"\0").decode(), data))
        return found

    def stop(self):
        self.process.terminate()
        self.process.wait(5)


def spellings(secret):
    """Every way in which `secret` (bytes) may stand in a packet: as it is, backwards, in hex, and in base32 and base64
    wherever it begins in a longer text. (name, bytes to look for) of each."""
    yield "as it is", secret
    yield "backwards", secret[::-1]
    yield "hex", secret.hex().encode()
    yield "upper-case hex", secret.hex().upper().encode()
    for name, encode, group in (("base32", base64.b32encode, 5), ("base64", base64.b64encode, 3),
                                ("URL base64", base64.urlsafe_b64encode, 3)):
        bits = 5 if group == 5 else 6
        for skip in range(group):
            text = encode(b"\0" * skip + secret + b"\0" * group)
            first, last = -(-8 * skip // bits), 8 * (skip + len(secret)) // bits  # characters of `secret` alone
            yield f"{name}, {skip} on", text[first:last]
            if name == "base32":
                yield f"lower-case {name}, {skip} on", text[first:last].lower()


def needles(secrets):
    """[(what, bytes)] for {what: bytes or text}."""
    found = []
    for what, secret in secrets.items():
        if isinstance(secret, str):
            found.append((f"{what} in UTF-16", secret.encode("utf-16-le")))
            secret = secret.encode()
        found += [(f"{what} ({how})", spelt) for how, spelt in spellings(secret)]
    return found


def leaks(packets, wanted):
    """{what: packet} for each of `wanted` (from needles()) that stands in a packet, headers included."""
    whole = b"\0\0\0\0".join(packet.data for packet in packets)
    return {what: next((p for p in packets if spelt in p.data), "across packets")
            for what, spelt in wanted if spelt in whole}


if __name__ == "__main__":
    record(sys.argv[1])

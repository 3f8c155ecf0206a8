#!/usr/bin/env python3
"""fake-router.py ADDRESS MODE ELSEWHERE - a router that answers PCP, NAT-PMP and UPnP as no good one does.

Runs on a router of a lab, at its LAN address; ELSEWHERE is the address of another machine. Prints "ready", then a line
for each thing it was asked. The modes are the functions that the table at the end names.
"""
import os
import select
import socket
import struct
import sys
import threading
import time

PUBLIC, PRIVATE = "44.128.9.9", "192.168.77.1"
ENDLESS = 512 << 20  # bytes; what a reader that knows no bound would take


def say(*words):
    print(*words, flush=True)


# ---- PCP and NAT-PMP -----------------------------------------------------------------

def pcp(packet, external=PUBLIC, port=None, life=None, nonce=None, result=0):
    """The answer to a MAP request (RFC 6887, 11.1)."""
    asked = struct.unpack("!I", packet[4:8])[0]
    inside = struct.unpack("!H", packet[40:42])[0]
    epoch = int(time.time()) & 0xffff
    return (bytes([2, packet[1] | 0x80, 0, result]) + struct.pack("!II", asked and (life or asked), epoch) + bytes(12)
            + (nonce or packet[24:36]) + packet[36:42] + struct.pack("!H", port or inside)
            + bytes(10) + b"\xff\xff" + socket.inet_aton(external))


def nat_pmp(packet, external=PUBLIC, port=None, life=None):
    """The answer of an old router, which knows no PCP (RFC 6886, 3.2, 3.3, 3.5)."""
    epoch = struct.pack("!I", int(time.time()) & 0xffff)
    if packet[0] != 0:
        return b"\0\x80\0\x01" + epoch
    if packet[1] == 0:
        return b"\0\x80\0\0" + epoch + socket.inet_aton(external)
    inside, outside, asked = struct.unpack("!HHI", packet[4:12])
    granted = struct.pack("!HHI", inside, port or outside, asked and (life or asked))
    return bytes([0, packet[1] | 0x80, 0, 0]) + epoch + granted


def serve_pcp(address, answers):
    """Answers each packet with all that `answers` gives."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 5351))

    def loop():
        while True:
            packet, back = server.recvfrom(2048)
            life = packet[4:8] if packet[0] == 2 else packet[8:12]
            say("pcp" if packet[0] == 2 else "nat-pmp", "release" if life == bytes(4) else "ask",
                back[0], f"{time.monotonic():.2f}")
            for answer in answers(packet):
                server.sendto(answer, back)
    threading.Thread(target=loop, daemon=True).start()


# ---- UPnP ----------------------------------------------------------------------------

def description(control):
    return f"""<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><device>
<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><deviceList><device>
<deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType><deviceList><device>
<deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:1</deviceType><serviceList><service>
<serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>
<serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId><controlURL>{control}</controlURL>
<eventSubURL>/e</eventSubURL><SCPDURL>/s.xml</SCPDURL></service></serviceList></device></deviceList></device>
</deviceList></device></root>""".encode()


def http(body, length=None):
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: " \
        + str(len(body) if length is None else length).encode() + b"\r\n\r\n" + body


def soap(request, external):
    """The answer to GetExternalIPAddress; anything else is granted."""
    inner = f"<NewExternalIPAddress>{external}</NewExternalIPAddress>" if b"GetExternalIP" in request else ""
    action = "GetExternalIPAddressResponse" if inner else "AddPortMappingResponse"
    return http(f'<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
                f'<u:{action} xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1">{inner}</u:{action}></s:Body>'
                f'</s:Envelope>'.encode())


def serve_ssdp(address, location, copies=1):
    """Answers searches, `copies` times each."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("", 1900))
    server.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                      socket.inet_aton("239.255.255.250") + socket.inet_aton(address))

    def loop():
        while True:
            packet, back = server.recvfrom(2048)
            if not packet.startswith(b"M-SEARCH"):
                continue
            say("ssdp ask")
            for number in range(copies):
                place = location if copies == 1 else f"{location}?{number}"
                found = f"ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nUSN: uuid:{number}\r\n" \
                        f"CACHE-CONTROL: max-age=120\r\nEXT:\r\nLOCATION: {place}\r\n\r\n"
                server.sendto(b"HTTP/1.1 200 OK\r\n" + found.encode(), back)
    threading.Thread(target=loop, daemon=True).start()


def serve_http(address, answer):
    """Each request's bytes to `answer`, which yields what goes back; the connection stays until it is done."""
    server = socket.create_server((address, 5000), backlog=64)

    def one(peer):
        request, sent = b"", 0
        try:
            peer.settimeout(5)
            while b"\r\n\r\n" not in request:
                if not (part := peer.recv(65536)):
                    return
                request += part
            if request.startswith(b"POST"):
                while b"Envelope>" not in request[-60:]:
                    request += peer.recv(65536)
            say("http", request.split(b"\r\n")[0].decode(), "delete" if b"DeletePort" in request else "")
            for part in answer(request):
                peer.sendall(part)
                sent += len(part)
        except OSError as error:
            say("http", "broke off", error)
        finally:
            say("took", sent)
            peer.close()

    def loop():
        while True:
            threading.Thread(target=one, args=(server.accept()[0],), daemon=True).start()
    threading.Thread(target=loop, daemon=True).start()


def upnp(address, described, control=None, external=PUBLIC, copies=1, spoken=None):
    """`described`: the description's HTTP bytes, piece by piece; `spoken`: those of every SOAP answer."""
    serve_ssdp(address, f"http://{address}:5000/d.xml", copies)
    serve_http(address, lambda request: described() if request.startswith(b"GET")
               else spoken() if spoken else [soap(request, external)])


def endless(head, unit):
    """`head`, then `unit` again and again."""
    def pieces():
        yield head
        for _ in range(ENDLESS // len(unit)):
            yield unit
    return pieces


def dripping(whole):
    """One byte in a quarter of a second."""
    def pieces():
        for i in range(len(whole)):
            yield whole[i:i + 1]
            time.sleep(0.25)
    return pieces


# ---- modes ---------------------------------------------------------------------------

def modes(address, elsewhere):
    good = http(description("/ctl"))
    return {
        # what a router should do, for once
        "pcp": lambda: serve_pcp(address, lambda p: [pcp(p)] if p[0] == 2 else []),
        "pcp-8s": lambda: serve_pcp(address, lambda p: [pcp(p, life=8)] if p[0] == 2 else []),
        "nat-pmp": lambda: serve_pcp(address, lambda p: [nat_pmp(p, life=8)]),
        "upnp": lambda: upnp(address, lambda: [good]),
        # and what it should not
        "pcp-random": lambda: serve_pcp(address, lambda p: [os.urandom(n) for n in (0, 1, 24, 60, 1100, 60000)]),
        "pcp-almost": lambda: serve_pcp(address, lambda p: [pcp(p)[:n] for n in range(60)] + [pcp(p) + bytes(5000)]
                                        if p[0] == 2 else []),
        "pcp-nonce": lambda: serve_pcp(address, lambda p: [pcp(p, nonce=os.urandom(12))] * 200 if p[0] == 2 else []),
        "pcp-private": lambda: serve_pcp(address, lambda p: [pcp(p, external=PRIVATE)] if p[0] == 2 else []),
        "pcp-port-53": lambda: serve_pcp(address, lambda p: [pcp(p, port=53)] if p[0] == 2 else []),
        "nat-pmp-private": lambda: serve_pcp(address, lambda p: [nat_pmp(p, external=PRIVATE)]),
        "nat-pmp-random": lambda: serve_pcp(address, lambda p: [b"\0\x80\0\x01" + bytes(4)] if p[0] else
                                            [bytes([0, p[1] | 0x80]) + os.urandom(n) for n in (0, 2, 6, 10, 14)]),
        "upnp-private": lambda: upnp(address, lambda: [good], external=PRIVATE),
        "upnp-no-address": lambda: upnp(address, lambda: [good], external="9" * 5000),
        "upnp-elsewhere": lambda: serve_ssdp(address, f"http://{elsewhere}:5000/d.xml"),
        "upnp-control-elsewhere": lambda: upnp(address, lambda: [http(description(f"http://{elsewhere}:5000/ctl"))]),
        "upnp-flood": lambda: upnp(address, lambda: [b"HTTP/1.1 404 no\r\n\r\n"], copies=2000),
        "upnp-random": lambda: upnp(address, lambda: [http(os.urandom(60000))]),
        "upnp-length": lambda: upnp(address, lambda: [http(b"<root>", length=0x7fffffff)]),
        "upnp-endless": lambda: upnp(address, endless(b"HTTP/1.1 200 OK\r\n\r\n", b"<root>" * 4096)),
        "upnp-endless-head": lambda: upnp(address, endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 4096)),
        "upnp-chunks": lambda: upnp(address, endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                                     b"4000\r\n" + b"x" * 0x4000 + b"\r\n")),
        "upnp-slow": lambda: upnp(address, dripping(good)),
        "upnp-slow-soap": lambda: upnp(address, lambda: [good], spoken=dripping(soap(b"", PUBLIC))),
        "upnp-endless-soap": lambda: upnp(address, lambda: [good],
                                          spoken=endless(b"HTTP/1.1 200 OK\r\n\r\n", b"<a>" * 8192)),
    }


if __name__ == "__main__":
    modes(sys.argv[1], sys.argv[3])[sys.argv[2]]()
    say("ready")
    select.select([], [], [])

#!/usr/bin/python3
"""keydesktop.py - the part of a desktop that listens for global shortcuts, behind xdg-desktop-portal.

Implements org.freedesktop.impl.portal.GlobalShortcuts as org.freedesktop.impl.portal.desktop.lab on the session bus. Lines of
input: "press ID" and "release ID" of a shortcut, "refuse" (from now on the user wants none), "close" (takes the newest session
back). Lines of output: "ready", "bound ID..." and "closed".
"""
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402 (needs the line above)

PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.impl.portal.GlobalShortcuts"
XML = f"""<node><interface name='{SHORTCUTS}'>
<method name='CreateSession'><arg type='o' direction='in'/><arg type='o' direction='in'/><arg type='s' direction='in'/>
 <arg type='a{{sv}}' direction='in'/><arg type='u' direction='out'/><arg type='a{{sv}}' direction='out'/></method>
<method name='BindShortcuts'><arg type='o' direction='in'/><arg type='o' direction='in'/><arg type='a(sa{{sv}})' direction='in'/>
 <arg type='s' direction='in'/><arg type='a{{sv}}' direction='in'/><arg type='u' direction='out'/><arg type='a{{sv}}' direction='out'/></method>
<signal name='Activated'><arg type='o'/><arg type='s'/><arg type='t'/><arg type='a{{sv}}'/></signal>
<signal name='Deactivated'><arg type='o'/><arg type='s'/><arg type='t'/><arg type='a{{sv}}'/></signal>
<property name='version' type='u' access='read'/></interface>
<interface name='org.freedesktop.impl.portal.Session'><method name='Close'/><signal name='Closed'/>
<property name='version' type='u' access='read'/></interface></node>"""


class Desktop:
    def __init__(self, bus):
        self.bus, self.session, self.refuses = bus, None, False
        self.shortcuts, self.sessions = Gio.DBusNodeInfo.new_for_xml(XML).interfaces
        bus.register_object(PATH, self.shortcuts, self.call, self.version, None)
        Gio.bus_own_name_on_connection(bus, "org.freedesktop.impl.portal.desktop.lab", Gio.BusNameOwnerFlags.NONE,
                                       lambda *_: self.say("ready"), None)
        GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, self.told)

    def say(self, *words):
        print(*words, flush=True)

    def version(self, *_):
        return GLib.Variant("u", 1)

    def call(self, bus, sender, path, interface, method, arguments, invocation):
        code = 1 if self.refuses and method == "BindShortcuts" else 0
        if method == "CreateSession":
            self.session = arguments.unpack()[1]
            bus.register_object(self.session, self.sessions, self.close, self.version, None)
        elif method == "BindShortcuts":
            self.say("refused" if code else "bound", *(name for name, about in arguments.unpack()[2]))
        invocation.return_value(GLib.Variant("(ua{sv})", (code, {})))

    def close(self, bus, sender, path, interface, method, arguments, invocation):
        invocation.return_value(None)
        self.say("closed")

    def told(self, channel, condition):
        line = sys.stdin.readline().split()
        if not line:
            sys.exit()
        if line[0] == "refuse":
            self.refuses = True
        elif line[0] == "close":
            self.bus.emit_signal(None, self.session, "org.freedesktop.impl.portal.Session", "Closed", None)
        else:
            self.bus.emit_signal(None, PATH, SHORTCUTS, "Activated" if line[0] == "press" else "Deactivated",
                                 GLib.Variant("(osta{sv})", (self.session, line[1], 0, {})))
        return True


if __name__ == "__main__":
    desktop = Desktop(Gio.bus_get_sync(Gio.BusType.SESSION))
    GLib.MainLoop().run()

#include "ui/core-words.h"

#include "ui/language.h"

#include <glib/gi18n.h>
#include <string.h>

#define PARTS_MAX 4 /* variable ones of a sentence */
#define DEPTH_MAX 2 /* a part may be a sentence, or its end, itself */
#define LEN_MAX 1024

/* Longer ones before shorter ones that they begin with or end in. */
static const char *const sentences[] = {
  N_ ("This is no file of a Hark network."),
  N_ ("This file of a network says something that this Hark does not understand."),
  N_ ("The title in this file of a network cannot be shown."),
  N_ ("In this file of a network there are computers that are none: HOST or HOST:PORT."),

  /* files by words */
  N_ (
    "Somebody tried with other words: they were misheard, or a stranger guessed. These words mean "
    "nothing any more; give once more and say the new ones."),
  N_ ("These are not the giver's words. Only one try is let in: ask for new ones."),
  N_ ("Somebody has used or tried these words before you. Ask for new ones, and who it was."),
  N_ ("Somebody between you and the giver interferes. Ask for new words."),
  N_ ("Nobody came within ten minutes. The words mean nothing any more."),
  N_ ("Nobody is there with these words. Are they right, and is it still running at the giver's?"),
  N_ ("The giver was there and says nothing any more. Ask for new words."),
  N_ ("You found each other, but no way between the two networks works. Is UDP blocked?"),
  N_ ("These words are a mailbox node's: it is added in the preferences of the network."),

  /* a mailbox node by words */
  N_ ("These are not the node's words. Only one try is let in: it shows new ones now."),
  N_ ("Somebody has used or tried these words before you: the node shows new ones now."),
  N_ ("Somebody between you and the node interferes. Use its new words, or its link."),
  N_ ("No node is there with these words. Are they right, and the last that it showed?"),
  N_ ("The node was there and says nothing any more. Use its new words, or its link."),
  N_ ("With these words files are given: take them where a person is added."),
  N_ ("Other words were tried meanwhile."),

  /* calls */
  N_ ("{1} The call goes through a relay."),
  N_ ("Missed call. {1}"),
  N_ ("You left the group."),
  N_ ("You joined the group again."),
  N_ ("{1} left the group."),
  N_ ("{1} joined the group again."),
  N_ ("You removed {1} from the group."),
  N_ ("{1} removed you from the group."),
  N_ ("{1} removed {2} from the group."),
  N_ ("They hung up"),
  N_ ("You hung up"),
  N_ ("You cancelled the call"),
  N_ ("Missed call"),
  N_ ("They declined the call"),
  N_ ("You declined the call"),
  N_ ("They are in another call"),
  N_ ("They do not want to be disturbed now"),
  N_ ("No answer"),
  N_ ("The connection was lost"),
  N_ ("They could not be reached"),
  N_ ("The call ended"),
  N_ ("The connection is lost; trying to get it back."),
  N_ ("Both of you hold the call."),
  N_ ("You put the call on hold."),
  N_ ("They put the call on hold."),
  N_ ("Called while you did not want to be disturbed."),
  N_ ("Called while you were in another call."),
  N_ ("They have not accepted your request yet."),
  N_ ("There is a call already."),
  N_ ("There is no such call."),
  N_ ("The call is not in a state for this."),
  N_ ("No sound server answers on this computer."),
  N_ ("This computer has no microphone and no speaker now: you do not hear each other."),
  N_ ("This computer has no microphone now."),
  N_ ("This computer has no microphone now: they do not hear you."),
  N_ ("This computer has no speaker now: you do not hear them."),
  N_ ("Nothing of their voice arrives at the moment."),
  /* xgettext:no-c-format */
  N_ ("{1} % of their voice is lost on the way to you, and {2} % of yours on the way to them."),
  /* xgettext:no-c-format */
  N_ ("{1} % of their voice is lost on the way to you."),
  /* xgettext:no-c-format */
  N_ ("{1} % of your voice is lost on the way to them."),
  N_ ("Their voice arrives unevenly: it is held back for {1} ms to smooth it."),
  /* xgettext:no-c-format */
  N_ ("{1} % of their voice comes too late to be heard."),
  N_ ("It takes {1} ms until they hear you: wait a moment for an answer."),
  N_ ("Nobody else took part."),
  N_ ("{1} began it. Took part: {2}."),
  N_ ("Took part: {1}."),
  N_ ("Nobody is in a call in this group."),
  N_ ("Six people are in this call already."),
  N_ ("You are in another call."),
  N_ ("You are in this call already."),
  N_ ("You are in no call in this group."),
  N_ ("You and {1} are no contacts: you do not hear each other."),
  N_ ("There is no connection to {1} at the moment."),
  N_ ("What you and {1} say to each other goes through {2}."),

  /* people */
  N_ ("{1}'s Hark is not online."),
  N_ ("{1}'s Hark is not online; the message will go out when it is."),
  N_ ("{1}'s Hark is not online; it is looked for now, and the message will go out when it is."),
  N_ (
    "{1}'s Hark is not online; the message will go out when it is. It is looked for again in {2}."),
  N_ ("{1}'s Hark is not online; the file will move when it is."),
  N_ ("{1}'s Hark answers, but no path between you works."),
  N_ ("{1}'s Hark can be reached only slowly at the moment: connecting may take up to 20 s."),
  N_ ("{1} has not accepted yet; the message will go out when that happens."),
  N_ ("The message is on its way."),
  N_ ("You are invisible, and {1} is not looked for."),
  N_ ("You appear offline to {1}."),
  N_ ("{1} has not accepted yet."),
  N_ ("The connection was interrupted."),
  N_ ("The connection was lost."),
  N_ ("your node {1}"),
  N_ ("{1}'s node"),
  N_ ("Waiting at {1} for {2} to come online."),
  N_ ("This person is a contact already."),
  N_ ("There is no such contact."),
  N_ ("This person has not asked to become a contact."),
  N_ ("This person is not an accepted contact."),
  N_ ("There are 100 invites nobody has used yet; they end after 30 days."),
  N_ ("There are 8 addresses; revoke one of them."),
  N_ ("This is no address of yours that can be used."),
  N_ ("This is your own address."),
  N_ ("There are 1,000 contacts already."),
  N_ ("A name has 1 to 48 letters; fewer with accents, and in other scripts."),
  N_ ("A status has at most 140 letters; fewer with accents, and in other scripts."),
  N_ ("Notes have at most 1,024 letters; fewer with accents, and in other scripts."),
  N_ ("{1} people wait for an answer, and further requests are not kept. If you do not know them, "
      "revoke the address they came by."),
  N_ ("Only a computer that they have left behind answers."),
  N_ ("A contact's Hark sends messages that make no sense; it is kept out for 5 minutes."),
  N_ ("Their Hark sends messages that make no sense."),
  N_ ("They know you from a newer computer; from here nothing reaches them."),
  N_ ("This is not a Hark address. Addresses start with hk1."),
  N_ ("The end of the address is missing. Copy all 87 characters."),
  N_ ("There is more than an address here. Copy only its 87 characters."),
  N_ ("There is a character in the address that no address has. Copy it again."),
  N_ ("Upper and lower case are mixed in the address. Copy it again."),
  N_ ("A character of the address is wrong. Compare it, or copy it again."),
  N_ ("This address needs a newer version of Hark."),
  N_ ("This address belongs to nobody. Ask for a new one."),

  /* comparing */
  N_ ("Three tries were made; there are no more in this call, or for ten minutes outside of one. "
      "If the words differed, compare the safety number when you meet."),
  N_ ("Their Hark did not keep to what it had promised: somebody may be between you."),
  N_ ("Words are compared while both are online."),
  N_ ("There are no words to compare."),
  N_ ("The words differ: you misheard, or somebody is between you and hears everything. Say "
      "nothing secret, and compare the safety number when you meet."),
  N_ ("This is not the code that Hark shows beside a safety number."),
  N_ ("This code is not for you: they see another account where you should be. Do not trust the "
      "contact before that is explained."),
  N_ ("This is another account than the one in your list. Remove the contact there, and add the "
      "person in front of you."),
  N_ ("“{1}” is no PNG or JPEG picture that can be read."),
  N_ ("“{1}” shows no QR code that can be read."),
  N_ ("“{1}” is too large."),
  N_ ("“{1}” could not be read."),
  N_ ("“{1}” takes too long to be read."),
  N_ ("“{1}” cannot be opened: {2}."),

  /* messages */
  N_ ("A message has at least one letter and at most 65 kB of text."),
  N_ ("A draft has at most 65 kB of text."),
  N_ ("A reaction is one short sign."),
  N_ ("There is no such message."),
  N_ ("The message is not here."),
  N_ ("There is no such voice message."),
  N_ ("Something from {1} was put aside and is not shown. {2}"),
  N_ ("Hark ended again and again over something that {1} sent. It is not looked at any more."),
  N_ ("Hark ended again and again while it sent this message. It stays here."),
  N_ ("It changes a message that somebody else wrote."),
  N_ ("It changes something that cannot be changed in this way."),
  N_ ("Too many changes wait for messages that are not here."),
  N_ ("It claims to stand before what its writer had seen."),
  N_ ("Hark ended twice while writing it down."),
  N_ ("10,000 messages are waiting for this contact already; more can be written when some are "
      "delivered."),
  N_ ("64 MiB of messages are waiting for this contact already; more can be written when some are "
      "delivered."),
  N_ ("A voice message has at most 65 kB, some 20 seconds; give what is longer as a file."),
  N_ ("Messages are kept for 1 to 36,500 days, or 0: for ever."),
  N_ ("Messages can stay for at most 365 days."),
  N_ ("An export is being written already."),
  N_ ("The export was broken off."),

  /* groups */
  N_ ("Waits until a member of the group is online."),
  N_ ("{1} asks you in."),
  N_ ("Whoever asked you in"),
  N_ ("You are not in this group any more."),
  N_ ("A member says that you were removed from this group."),
  N_ ("Waits for {1}, to learn who is in the group."),
  N_ ("There is no such group."),
  N_ ("You are not in this group."),
  N_ ("The group is not here yet: a member has to be online first."),
  N_ ("There are 100 groups already."),
  N_ ("You changed so much in this group that it takes no more from you."),
  N_ ("This person is in the group or asked in already."),
  N_ ("Only an accepted contact can be asked in."),
  N_ ("A group has at most 32 members."),
  N_ ("This person is not in the group."),
  N_ ("The founder stays the founder."),
  N_ ("Only the founder makes admins."),
  N_ ("Only the founder and admins can do this, and to members only."),
  N_ ("Nobody asks you into this group."),
  N_ ("Leave the group first."),
  N_ ("That does not work in a group."),
  N_ ("In the group {1} somebody, or a copy of somebody's profile, told different members "
      "different things. What came second is not shown."),
  N_ ("In the group {1} something was passed on in the name of somebody who did not write it. It "
      "is not shown."),

  /* files */
  N_ ("The file is larger than 64 TiB."),
  N_ ("The contact is gone."),
  N_ ("The other side paused it."),
  N_ ("The other side cannot find it any more. It goes on when they have."),
  N_ ("It is not where it was any more. Find it, and it goes on."),
  N_ ("Nothing of this transfer has to be found."),
  N_ ("Only what is on its way here can be saved in another folder."),
  N_ ("What has arrived is being looked through. Try again in a moment."),
  N_ ("That is the folder that it goes to."),
  N_ ("You had all of it already, so it was not taken again."),
  N_ ("This network costs by the byte. Resume it to go on all the same."),
  N_ ("This network costs by the byte. It goes on by itself on another."),
  N_ ("Whoever gets files decides in which order."),
  N_ ("There is no such transfer under way."),
  N_ ("Too many transfers were moved already."),
  N_ ("There are too many such rules, or the folder's name is too long."),
  N_ ("Name a folder, and a contact of yours."),
  N_ ("At most 64 folders can be shared."),
  N_ ("This folder is not shared."),
  N_ ("Shared folders can be looked into while both are online."),
  N_ ("This path is too long."),
  N_ ("There is nothing of that name that they share with you."),
  N_ ("Their answer makes no sense."),
  N_ ("They do not answer; their Hark may be too old for shared folders."),
  N_ ("Between 1 and 1,000 files and folders can be given at a time."),
  N_ ("The disk is full. It goes on by itself when there is room."),
  N_ ("Hark may not write into \"{1}\". It goes on by itself when it may."),
  N_ ("\"{1}\" can only be read. It goes on by itself when it can be written to."),
  N_ ("The folder \"{1}\" is not there. It goes on by itself when it is there again."),
  N_ ("\"{1}\" is not a folder. It goes on by itself when it is one."),
  N_ ("It cannot be read for now: {1}. Resume it when it can."),
  N_ ("\"{1}\" cannot be written to: {2}. It goes on by itself when that has passed."),
  N_ ("\"{1}\" cannot be written to: {2}. It stays where it was."),
  N_ ("There is not enough room in \"{1}\". It stays where it was."),
  N_ ("There is not enough room on the disk. It goes on by itself when there is."),
  N_ ("The file became shorter while it was being sent."),
  N_ ("This is neither an ordinary file nor a folder."),
  N_ ("The file was changed after it was offered. Give it again."),
  N_ ("It is being read; then the group hears of it."),
  N_ ("Nobody who has it is online; it comes when somebody is."),
  N_ ("Nobody who is online has what is missing; it goes on when somebody does."),
  N_ ("It was moved, changed or deleted here: members cannot have it from you any more."),
  N_ ("Too many files of this group wait for an answer already."),
  N_ ("What is for a group has at most 256 GiB."),
  N_ ("The file was changed while it was being sent."),
  N_ ("Something in the folder was changed after it was offered. Give it again."),
  N_ ("What arrived is not what was sent."),
  N_ ("The file cannot be read: {1}."),
  N_ ("The file cannot be written: {1}."),
  N_ ("The file cannot be opened: {1}."),
  N_ ("The file cannot be made: {1}."),
  N_ ("The file cannot be completed: {1}."),
  N_ ("The folder cannot be made: {1}."),
  N_ ("The folder cannot be opened: {1}."),
  N_ ("The other side contradicts itself about what is in the file."),
  N_ ("The other side sent something that is no part of the file."),
  N_ ("Some of it changed; that is fetched again."),
  N_ ("It was changed after it was offered; only what differs is fetched again."),
  N_ ("It was changed after it was given; what it is now is sent."),
  N_ ("This file is not waiting to be taken."),
  N_ ("This file is not waiting for an answer."),
  N_ ("This transfer is not under way."),
  N_ ("This transfer is not paused."),
  N_ ("The other side paused this transfer and has to go on with it."),
  N_ ("This transfer is over."),
  N_ ("You cancelled it."),
  N_ ("The other side cancelled it."),
  N_ ("The other side could not go on: {1}"),
  N_ ("too many files wait for an answer already."),
  N_ ("the file changes all the time."),
  N_ ("the file cannot be read any more."),
  N_ ("the file could not be written."),

  /* the network */
  N_ ("This computer's clock is {1} slow."),
  N_ ("This computer's clock is {1} fast."),
  N_ ("Set the clock: where people are to be found changes with the day."),
  N_ ("{1} years"),
  N_ ("{1} days"),
  N_ ("{1} hours"),
  N_ ("{1} minutes"),
  N_ ("Harks of another network are here, and none of this one."),
  N_ ("Compare the network's name or secret with theirs, letter by letter."),
  N_ ("Harks of another, closed network are here."),
  N_ ("To reach the people there, join their network: one of them can hand over its secret."),
  N_ ("Other Harks are on this local network."),
  N_ ("No other Hark is to be heard on this local network."),
  N_ ("Some networks keep computers apart or stop multicast: make one that runs Hark a known "
      "computer, or ask who runs this network."),
  N_ ("You are invisible: nobody finds you, and messages to you wait."),
  N_ ("Let them see when you are online, or write to them or call."),
  N_ ("Choose another presence to be found. Whom you write to or call is connected all the same."),
  N_ ("Hark stays on this local network: that was chosen."),
  N_ ("Only people on the same network can be reached, until that is switched off where it was "
      "chosen."),
  N_ ("The DHT is switched off: that was chosen."),
  N_ ("Only people on the same network, or whose computer was named, can be found."),
  N_ ("The DHT is reached: people can be found."),
  N_ ("Hark is still joining the DHT."),
  N_ ("Wait a few seconds."),
  N_ ("Nobody of this closed network answers."),
  N_ ("Check its name or secret, letter by letter, and that another of its members is running."),
  N_ ("No node of the DHT answers, so nobody can be found but on this local network."),
  N_ ("Check the internet connection. A firewall may stop UDP: ask who runs this network to let it "
      "out, or try another network."),
  N_ ("This network lets no UDP out. Hark goes over TCP: calls may sound worse."),
  N_ ("Ask who runs this network to let UDP out, or use another one for calls."),
  N_ ("Everything goes through a VPN or tunnel."),
  N_ ("If somebody cannot be reached, or calls lag, try without it."),
  N_ ("Others can reach this computer directly."),
  N_ ("Other Harks forward knocks to this computer."),
  N_ ("No other Hark forwards knocks to this computer: reaching it may take up to 20 seconds."),
  N_ ("Switch on UPnP or NAT-PMP in the router, or use IPv6: then nobody has to forward."),
  N_ ("This network's router gives every connection another port: people behind one like it cannot "
      "be reached directly."),
  N_ ("Switch on UPnP or NAT-PMP in the router, or have a contact in common who relays."),
  N_ ("This computer is not connected to any network."),
  N_ ("Connect it by cable or Wi-Fi."),
  N_ ("a minute ago"),
  N_ ("{1} minutes ago"),
  N_ ("{1} hours ago"),
  N_ ("{1} days ago"),
  N_ ("never"),
  N_ ("{1} is online, on this local network."),
  N_ ("{1} is online, connected directly."),
  N_ ("{1} is online; what you say and send goes sealed through {2}."),
  N_ ("{1} is online, through a contact who relays."),
  N_ ("Hark goes over to a direct path by itself when there is one. UPnP or NAT-PMP in either "
      "router helps."),
  N_ ("{1}'s Hark answers, but no direct path can be made between your two routers, and no contact "
      "of both of you relays."),
  N_ ("Switch on UPnP or NAT-PMP in one of the routers, or add a common contact who is online and "
      "relays."),
  N_ ("{1}'s Hark answers, but no path between you works. A firewall may be in the way."),
  N_ ("Hark goes on trying. If it lasts, try another network on either side, or add a common "
      "contact who is online and relays."),
  N_ ("{1} has nobody who forwards knocks: connecting may take up to 20 seconds."),
  N_ ("Wait; messages go out as soon as it is done."),
  N_ ("{1} was there a short while ago, but does not answer now."),
  N_ ("Perhaps the computer sleeps or is offline. Hark goes on trying."),
  N_ ("{1} has closed Hark. Last seen: {2}."),
  N_ ("Messages go out when he or she is back."),
  N_ ("{1}'s Hark was last heard of {2}."),
  N_ ("It is probably switched off or offline. Messages go out when it is back."),
  N_ ("Hark has not yet looked for {1}."),
  N_ ("{1} is not to be found. Last seen: {2}."),
  N_ ("If Hark was set up anew there, ask for the new address. Otherwise wait: messages go out "
      "when it is back."),
  N_ ("His or her Hark is probably switched off or offline. Messages go out when it is back."),
  N_ ("You have blocked this contact."),
  N_ ("Accept the contact to undo that."),
  N_ ("{1} has not accepted your request yet, or has not been online."),
  N_ ("Ask by other means whether it arrived: a link for one person works once, within 30 days. "
      "Until "
      "then nobody can tell whether this Hark is running."),
  N_ ("There are Harks here, but of another network: is the network's name or secret right?"),
  N_ ("Nobody of this network answers: is its name or secret right, and does one of its computers "
      "run?"),
  N_ ("That is too long for a network."),
  N_ ("That is no computer: HOST or HOST:PORT."),
  N_ ("There are 64 of them, and that is enough."),
  N_ ("No such computer was added."),
  N_ ("This is no link of a relay node. Copy all of it; it starts with hr1."),
  N_ ("There are four already. Remove one first."),
  N_ ("There are too many already."),
  N_ ("A network needs a name or a secret."),
  N_ ("This network secret has a wrong or missing character."),

  /* the profile */
  N_ ("The passphrase is wrong."),
  N_ ("This profile needs its passphrase."),
  N_ ("A passphrase is not empty."),
  N_ ("These words are of another account."),
  N_ ("An account has 24 words."),
  N_ ("Word {1} is not one of the list; look for a typing mistake."),
  N_ ("Every word exists, but one is not the right one, or the order is wrong."),
  N_ ("The profile “{1}” was written by a newer Hark."),
  N_ ("Another Hark (process {1}) has the profile “{2}” open."),
  N_ ("Another Hark has the profile “{1}” open."),
  N_ ("The key file in “{1}” is missing or damaged."),
  N_ ("“{1}” is damaged: a page was changed outside Hark."),
  N_ ("The login keyring does not answer ({1})."),
  N_ ("The disk is full. Nothing was saved; free some space and try again."),
  N_ ("The disk does not let Hark read or write “{1}” ({2}, code {3})."),
  N_ ("The disk refused a change."),
  N_ ("{1} What comes in waits until the disk takes it."),
  N_ ("A backup is being made already."),
  N_ ("The backup was broken off."),
  N_ ("The backup is good, but {1} damaged things of this profile could not be put into it."),
  N_ ("Cannot write “{1}”: {2}"),
  N_ ("Cannot read “{1}”: {2}"),
  N_ ("Cannot open “{1}”: {2}"),
  N_ ("Cannot lock “{1}”: {2}"),
  N_ ("Cannot make “{1}”: {2}"),
  N_ ("Cannot make the directory “{1}”: {2}"),
  N_ ("Cannot remove “{1}”: {2}"),
};

static GRegex *patterns[G_N_ELEMENTS (sentences)]; /* of those with parts, made when needed */

/* What matches sentence @i, with its parts as groups; they are numbered in their order. */
static GRegex *
pattern_of (gsize i)
{
  g_autoptr (GString) text = NULL;
  g_autofree char *escaped = NULL;

  if (patterns[i])
    return patterns[i];
  escaped = g_regex_escape_string (sentences[i], -1);
  text = g_string_new ("^");
  g_string_append (text, escaped);
  for (char part = '1'; part < '1' + PARTS_MAX; part++) {
    const char mark[] = {'\\', '{', part, '\\', '}', '\0'};

    g_string_replace (text, mark, "(.+?)", 0);
  }
  g_string_append_c (text, '$');
  patterns[i] = g_regex_new (text->str, G_REGEX_OPTIMIZE | G_REGEX_DOTALL, 0, NULL);
  return patterns[i];
}

static char *translate (const char *sentence, unsigned depth);

/* The translation of a sentence with what stood in its parts. */
static char *
fill (const char *translation, const GMatchInfo *match, unsigned depth)
{
  GString *whole = g_string_new (NULL);

  for (const char *at = translation; *at;) {
    if (at[0] == '{' && at[1] >= '1' && at[1] < '1' + PARTS_MAX && at[2] == '}') {
      g_autofree char *part = g_match_info_fetch (match, at[1] - '0');
      g_autofree char *said = translate (part ? part : "", depth + 1);
      g_autofree char *apart = hark_language_apart (said);

      g_string_append (whole, apart);
      at += 3;
    } else {
      g_string_append_c (whole, *at++);
    }
  }
  return g_string_free (whole, FALSE);
}

/* Whether @sentence begins and ends as sentence @i does, which has parts: most are told apart by
 * this, without their translation and their pattern. */
static bool
resembles (const char *sentence, gsize i)
{
  const char *first = strchr (sentences[i], '{');
  const char *end = first ? strrchr (sentences[i], '}') + 1 : NULL;

  return first && strncmp (sentence, sentences[i], (size_t) (first - sentences[i])) == 0
         && g_str_has_suffix (sentence, end);
}

static char *
translate (const char *sentence, unsigned depth)
{
  const char *whole = *sentence ? gettext (sentence) : sentence;

  if (whole != sentence || depth >= DEPTH_MAX || strlen (sentence) > LEN_MAX)
    return g_strdup (whole);
  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++) {
    g_autoptr (GMatchInfo) match = NULL;

    if (resembles (sentence, i) && gettext (sentences[i]) != sentences[i]
        && g_regex_match (pattern_of (i), sentence, 0, &match))
      return fill (gettext (sentences[i]), match, depth);
  }
  return g_strdup (sentence);
}

char *
hark_core_words (const char *sentence)
{
  return sentence ? translate (sentence, 0) : NULL;
}

void
hark_core_words_translate (char **sentence)
{
  char *said = hark_core_words (*sentence);

  g_free (*sentence);
  *sentence = said;
}

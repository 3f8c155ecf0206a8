/* ui/people/faces.h - avatars: the picture that somebody chose, else the letters of their name.
 *
 * Main thread. Pictures come as plain pixels from the engine, which had them decoded by another
 * process; those that were shown are kept, by their name, at most FACES_MAX of them.
 */
#pragma once

#include "ui/model/client.h"

#include <handy.h>

/* hark_face_show: of @item; asks for the picture if it is not here yet, and shows it when it comes
 * unless @avatar is gone by then. */
void hark_face_show (HdyAvatar *avatar, HarkClient *client, HarkPersonItem *item);

/* hark_face_show_own: of @profile, ours. */
void hark_face_show_own (HdyAvatar *avatar, HarkClient *client, const HarkProfile *profile);

/* hark_face_set_pixels: @pixels (nullable): PICTURE_LEN bytes of RGB, or NULL for letters. */
void hark_face_set_pixels (HdyAvatar *avatar, GBytes *pixels);

/* ui/model/clean.h - names on their way into the models: in one line, of a length that can be
 * shown, without characters that turn the text around them. Core has cleaned them already;
 * a label never depends on it. Main thread.
 */
#pragma once

#include "core/hark.h"

/* hark_clean_line: @text: (inout) (nullable): owned; at most @chars_max characters of it. */
void hark_clean_line (char **text, size_t chars_max);

/* hark_clean_person, hark_clean_group, hark_clean_group_call: the names in it; of the last also the
 * reasons, which are translated (hark_core_words(), which cleans as well). */
void hark_clean_person (HarkPerson *person);
void hark_clean_group (HarkGroupInfo *group);
void hark_clean_group_call (HarkGroupCall *call);

/* hark_clean_hide: @hidden (inout) (nullable): owned; when it is the name of @person, who may be
 * @group (nullable), other words stand in its place; else it is freed: there is another name.
 * hark_clean_rename: both are called @name. */
void hark_clean_hide (char **hidden, HarkPerson *person, HarkGroupInfo *group);
void hark_clean_rename (HarkPerson *person, HarkGroupInfo *group, const char *name);

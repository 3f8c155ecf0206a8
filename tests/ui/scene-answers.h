/* tests/ui/scene-answers.h - what the fake engine answers in a scene. */
#pragma once

#include "core/hark.h"

/* scene_answer: fills in @result of a command. */
void scene_answer (const char *scene, HarkEvent *result);

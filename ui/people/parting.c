#include "ui/people/parting.h"

#include "ui/widgets.h"
#include "ui/words/people.h"

#include <glib/gi18n.h>

bool
hark_parting_is_meant (GtkWidget *parent, HarkPersonItem *person, HarkCommandKind kind)
{
  const bool block = kind == HARK_COMMAND_BLOCK;
  g_autofree char *question = hark_words_parting (hark_person_item_get (person), block);

  return hark_widget_confirm (
    parent, question,
    block ? _ ("They cannot reach you any more and are not told about it.")
          : _ ("The contact and the whole conversation are deleted from this computer."),
    block ? _ ("Block") : _ ("Remove"));
}

#include "ui/keys.h"

static const struct {
  const char *action;
  const char *keys[3];
} accels[] = {
  {"win.add",               {"<Control>n"}                      },
  {"win.new-group",         {"<Control><Shift>n"}               },
  {"win.search",            {"<Control>f"}                      },
  {"win.jump",              {"<Control>k"}                      },
  {"win.open-beside(1)",    {"<Control>Page_Down"}              },
  {"win.open-beside(-1)",   {"<Control>Page_Up"}                },
  {"win.tear-off",          {"<Control><Shift>o"}               },
  {"win.files",             {"<Control>u"}                      },
  {"win.menu",              {"F10"}                             },
  {"win.close",             {"<Control>w"}                      },
  {"win.call",              {"<Control><Shift>c"}               },
  {"win.calls",             {"<Control>h"}                      },
  {"win.show-help-overlay", {"<Control>F1", "<Control>question"}},
  {"app.answer",            {"<Control><Shift>a"}               },
  {"app.decline",           {"<Control><Shift>d"}               },
  {"app.mute",              {"<Control><Shift>m"}               },
  {"app.hold",              {"<Control><Shift>h"}               },
  {"app.preferences",       {"<Control>comma"}                  },
  {"app.lock",              {"<Control>l"}                      },
  {"app.quit",              {"<Control>q"}                      },
};

void
hark_keys_set (GtkApplication *application)
{
  for (size_t i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (application, accels[i].action, accels[i].keys);
  for (int n = 1; n <= 9; n++) {
    g_autofree char *action = g_strdup_printf ("win.open-nth(%d)", n);
    g_autofree char *key = g_strdup_printf ("<Alt>%d", n);
    const char *const keys[] = {key, NULL};

    gtk_application_set_accels_for_action (application, action, keys);
  }
}

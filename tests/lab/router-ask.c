/* tests/lab/router-ask.c - asks the router of this network for one mapping, in one language.
 *
 * usage: router-ask pcp|nat-pmp|upnp PORT LIFETIME [OUTSIDE-PORT]
 * Prints "granted ADDRESS:PORT SECONDS", "refused" or "silent". For test-port-mapping.py.
 */
#include "net/io/router.h"
#include "net/net.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static HarkRouterResult
ask (const char *language, const HarkRouterRequest *request, HarkRouterAnswer *ret)
{
  HarkRouterResult result = HARK_ROUTER_SILENT;
  HarkUpnp *upnp;

  if (strcmp (language, "pcp") == 0)
    return hark_router_ask_pcp (request, ret);
  if (strcmp (language, "nat-pmp") == 0)
    return hark_router_ask_nat_pmp (request, ret);
  upnp = hark_upnp_find (&request->gateway, &request->client, request->stop);
  if (upnp)
    result = hark_upnp_ask (upnp, request, ret);
  hark_upnp_free (upnp);
  return result;
}

int
main (int argc, char **argv)
{
  atomic_bool stop = false;
  HarkRouterRequest request = {.stop = &stop};
  HarkRouterAnswer answer = {0};
  char text[HARK_ENDPOINT_TEXT_LEN];

  hark_net_be_helper (argc, argv);
  if (argc < 4 || sodium_init () < 0 || !hark_router_find (&request.gateway, &request.client))
    return 2;
  request.mapping.port = (uint16_t) atoi (argv[2]);
  request.mapping.lifetime = (uint32_t) atoi (argv[3]);
  request.mapping.suggested.port = (uint16_t) atoi (argv[argc > 4 ? 4 : 2]);
  switch (ask (argv[1], &request, &answer)) {
  case HARK_ROUTER_GRANTED:
    hark_endpoint_format (&answer.external, text);
    printf ("granted %s %u\n", text, answer.lifetime);
    return 0;
  case HARK_ROUTER_REFUSED:
    printf ("refused\n");
    return 1;
  case HARK_ROUTER_SILENT:
    break;
  }
  printf ("silent\n");
  return 1;
}

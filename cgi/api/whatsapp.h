/* whatsapp.h: what the webhook's callers must know */
#ifndef API_WHATSAPP_H
#define API_WHATSAPP_H

/*
 * The word with which the service shows itself when it is told of our address,
 * and the secret with which it signs what it sends; "": there is none, and the
 * webhook is not there.  At start; both must outlive all requests.
 */
void whatsapp_open(const char *verify_token, const char *app_secret);

#endif

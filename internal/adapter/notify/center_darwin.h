// Notices by UNUserNotificationCenter. Each call waits a few seconds at the most; texts are UTF-8.
#ifndef SANDGLASS_CENTER_H
#define SANDGLASS_CENTER_H

// What a call answers.
enum {
	SANDGLASS_OK = 0,
	SANDGLASS_NO_BUNDLE = 1, // the process is no program in a bundle with an identifier
	SANDGLASS_REFUSED = 2,   // the user, or the system for want of a signature, allows no notices
	SANDGLASS_SLOW = 3,      // no answer yet: the user may still be reading the question
	SANDGLASS_BROKEN = 4,    // the system threw or told an error
};

// sandglass_center_open begins to listen for presses.
int sandglass_center_open(void);

// sandglass_center_allowed says whether notices are allowed, as far as that was asked.
int sandglass_center_allowed(void);

// sandglass_center_show shows a notice in place of an earlier one with its identifier. The first call asks
// the user for leave. keys and labels are those of the buttons, each list joined by U+001F.
int sandglass_center_show(const char *identifier, const char *title, const char *body, const char *keys, const char *labels);

// sandglass_center_remove takes a notice off the screen and out of the list.
int sandglass_center_remove(const char *identifier);

#endif

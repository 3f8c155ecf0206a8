/* net/io/socket-option.h - options that sockets of net/io are better with, but can do without. */
#pragma once

/* hark_socket_option: sets an option of @fd whose value is an int (setsockopt(2)). What the kernel
 * does not know or allow is told to the log at debug. */
void hark_socket_option (int fd, int level, int option, int value);

/* Loaded into a private pcscd where the system's run folder is missing (containers, machines whose pcscd never ran).
 *
 * pcscd 1.9.9 ends at once when it can neither find nor make /run/pcscd, although a socket-activated one keeps nothing
 * there but its process id. An ordinary user cannot make that folder, and the tests must not: so pcscd is told that it
 * is there. Everything else passes through untouched.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

int mkdir(const char *path, mode_t mode)
{
    int (*next)(const char *, mode_t) = (int (*)(const char *, mode_t))dlsym(RTLD_NEXT, "mkdir");
    if (strcmp(path, "/run/pcscd") == 0 || next == NULL) {
        errno = EEXIST;
        return -1;
    }
    return next(path, mode);
}

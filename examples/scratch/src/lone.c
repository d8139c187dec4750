/* Lists every file it can see, one path a line: in an image of its own, that is itself. */
#define _GNU_SOURCE
#include <ftw.h>
#include <stdio.h>
#include <string.h>

/* What a container runtime puts into every root. */
static const char *const mounts[] = {"/proc", "/sys", "/dev"};

static int visit(const char *path, const struct stat *status, int type, struct FTW *place) {
    (void)status;
    (void)place;
    for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++)
        if (strcmp(path, mounts[i]) == 0) return FTW_SKIP_SUBTREE;
    if (type == FTW_F || type == FTW_SL) puts(path);
    return FTW_CONTINUE;
}

int main(void) {
    if (nftw("/", visit, 16, FTW_PHYS | FTW_ACTIONRETVAL) == 0) return 0;
    perror("lone: cannot list the files of the image");
    return 1;
}

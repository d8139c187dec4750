#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
  const struct passwd *account = getpwuid(getuid());
  printf("app of %s\n", account == NULL ? "nobody known" : account->pw_name);
  return 0;
}

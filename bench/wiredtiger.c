/*
 * The workloads of bench/storage.ts on the real WiredTiger, in memory, for the ratio. Prints one line
 * per workload and round: its name, and operations per second of CPU time. Compiled by
 * bench/storage.ts where /usr/include/wiredtiger.h is (Debian: libwiredtiger-dev).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <wiredtiger.h>

#define KEYS 100000
#define CONFLICTS 300000
#define VALUE_BYTES 100

static char keys[KEYS][16];
static char value[VALUE_BYTES + 1];

static void check(int code, const char *what) {
  if (code == 0) return;
  fprintf(stderr, "%s: %s\n", what, wiredtiger_strerror(code));
  exit(1);
}

static double cpu_seconds(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec +
         (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static double began;
static void begin_measuring(void) { began = cpu_seconds(); }
static void report(const char *name, int count) {
  printf("%s %.0f\n", name, count / (cpu_seconds() - began));
}

/* The same shuffle as in storage.ts. */
static void make_keys(void) {
  static int order[KEYS];
  uint32_t state = 12345;
  for (int i = 0; i < KEYS; i++) order[i] = i;
  for (int i = KEYS - 1; i > 0; i--) {
    state = (state * 1103515245u + 12345u) & 0x7fffffff;
    int j = state % (i + 1);
    int swapped = order[i];
    order[i] = order[j];
    order[j] = swapped;
  }
  for (int i = 0; i < KEYS; i++) snprintf(keys[i], sizeof keys[i], "key%010d", order[i]);
  memset(value, 'v', VALUE_BYTES);
}

static void run_round(void) {
  WT_CONNECTION *connection;
  WT_SESSION *session, *holder;
  WT_CURSOR *cursor, *updating, *held;
  const char *found;
  check(wiredtiger_open(NULL, NULL, "create,in_memory=true,cache_size=2GB", &connection), "open");
  check(connection->open_session(connection, NULL, "isolation=snapshot", &session), "session");
  check(connection->open_session(connection, NULL, "isolation=snapshot", &holder), "session");
  check(session->create(session, "table:t", "key_format=S,value_format=S"), "create");
  check(session->open_cursor(session, "table:t", NULL, NULL, &cursor), "cursor");
  check(session->open_cursor(session, "table:t", NULL, "overwrite=false", &updating), "cursor");
  check(holder->open_cursor(holder, "table:t", NULL, NULL, &held), "cursor");

  begin_measuring();
  for (int i = 0; i < KEYS; i++) {
    cursor->set_key(cursor, keys[i]);
    cursor->set_value(cursor, value);
    check(cursor->insert(cursor), "put");
  }
  report("put", KEYS);

  begin_measuring();
  for (int i = 0; i < KEYS; i++) {
    cursor->set_key(cursor, keys[(i * 7919LL) % KEYS]);
    check(cursor->search(cursor), "get");
    check(cursor->get_value(cursor, &found), "get");
    cursor->reset(cursor);
  }
  report("get", KEYS);

  begin_measuring();
  for (int i = 0; i < KEYS; i++) {
    updating->set_key(updating, keys[(i * 7919LL) % KEYS]);
    updating->set_value(updating, value);
    check(updating->update(updating), "update");
    updating->reset(updating);
  }
  report("update", KEYS);

  begin_measuring();
  for (int i = 0; i < KEYS; i++) {
    const char *pair[2] = {keys[i], keys[(i * 7919LL + 1) % KEYS]};
    check(session->begin_transaction(session, NULL), "begin");
    for (int k = 0; k < 2; k++) {
      cursor->set_key(cursor, pair[k]);
      check(cursor->search(cursor), "get");
      check(cursor->get_value(cursor, &found), "get");
    }
    for (int k = 0; k < 2; k++) {
      cursor->set_key(cursor, pair[k]);
      cursor->set_value(cursor, value);
      check(cursor->update(cursor), "put");
    }
    check(session->commit_transaction(session, NULL), "commit");
  }
  report("transaction", KEYS);
  cursor->reset(cursor);

  check(holder->begin_transaction(holder, NULL), "begin");
  held->set_key(held, keys[0]);
  held->set_value(held, value);
  check(held->update(held), "hold");
  begin_measuring();
  for (int i = 0; i < CONFLICTS; i++) {
    check(session->begin_transaction(session, NULL), "begin");
    cursor->set_key(cursor, keys[0]);
    cursor->set_value(cursor, value);
    if (cursor->update(cursor) != WT_ROLLBACK) check(1, "conflict");
    check(session->rollback_transaction(session, NULL), "rollback");
  }
  report("conflict", CONFLICTS);
  check(connection->close(connection, "leak_memory"), "close");
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 3;
  make_keys();
  printf("version %s\n", wiredtiger_version(NULL, NULL, NULL));
  for (int round = 0; round < rounds; round++) run_round();
  return 0;
}

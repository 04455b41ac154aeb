package org.daxcheck.guest;

import java.time.Instant;

/**
 * A thing that the cache has.
 *
 * @param name its path in the cache, such as {@code kmem/570d6b9f.ko}
 * @param bytes of all its files
 * @param used when it was used last
 * @param how how it was made, in words for the user
 */
public record CacheEntry(String name, long bytes, Instant used, String how) {}

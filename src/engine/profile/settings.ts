import type { Document } from '../../bson/index.ts'
import { type CompiledFilter, compileFilter } from '../query/compile_filter.ts'

/** 0 records nothing, 1 what is slow or matches the filter, 2 everything. */
export type ProfileLevel = 0 | 1 | 2

/** What one database asks of the profiler. */
export interface DatabaseProfile {
  readonly level: ProfileLevel
  /** Decides in place of slowms and sampleRate, where it is set. */
  readonly filter: CompiledFilter | undefined
}

const OFF: DatabaseProfile = { level: 0, filter: undefined }

/** Default of `slowms`, in milliseconds. */
const SLOW_MS = 100

/**
 * The profiler's settings: level and filter by database, the slow threshold and the sample rate for
 * the whole process. Source: profile_settings.h, profile_common.cpp (8.0).
 */
export class ProfileSettings {
  readonly #databases = new Map<string, DatabaseProfile>()
  #slowMs = SLOW_MS
  #slowUs = SLOW_MS * 1000
  /** The share of slow operations that is recorded, from 0 to 1. */
  sampleRate = 1
  #active = false

  get slowMs(): number {
    return this.#slowMs
  }

  set slowMs(ms: number) {
    this.#slowMs = ms
    this.#slowUs = ms * 1000
  }

  /** Whether anything could be recorded at all: the one question asked of every operation. */
  get active(): boolean {
    return this.#active
  }

  of(db: string): DatabaseProfile {
    return this.#databases.get(db) ?? OFF
  }

  /**
   * Slow is what took `slowms` or longer, in whole milliseconds, waits for locks included.
   * Source: `shouldLogSlowOpWithSampling`, log_with_sampling.h (8.0).
   */
  isSlow(elapsedUs: number): boolean {
    return elapsedUs >= this.#slowUs
  }

  setLevel(db: string, level: ProfileLevel): void {
    this.#set(db, { ...this.of(db), level })
  }

  /**
   * @param filter nothing to take the filter back
   * @throws ServerError where the filter is none
   */
  setFilter(db: string, filter: Document | undefined): void {
    this.#set(db, {
      ...this.of(db),
      filter: filter === undefined ? undefined : compileFilter(filter),
    })
  }

  /** The same settings, to go their own way in a fork. */
  clone(): ProfileSettings {
    const copy = new ProfileSettings()
    for (const [db, profile] of this.#databases) copy.#set(db, profile)
    copy.slowMs = this.#slowMs
    copy.sampleRate = this.sampleRate
    return copy
  }

  #set(db: string, profile: DatabaseProfile): void {
    this.#databases.set(db, profile)
    this.#active = [...this.#databases.values()].some(({ level }) => level > 0)
  }
}

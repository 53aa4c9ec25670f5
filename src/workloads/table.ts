import { bank } from './bank.ts'
import { counter } from './counter.ts'
import { listAppend } from './list_append.ts'
import { rwRegister } from './rw_register.ts'
import type { Workload, WorkloadName } from './workload.ts'

export const WORKLOADS: Readonly<Record<WorkloadName, Workload>> = {
  bank,
  'list-append': listAppend,
  'rw-register': rwRegister,
  counter,
}

export const WORKLOAD_NAMES = Object.keys(WORKLOADS) as readonly WorkloadName[]

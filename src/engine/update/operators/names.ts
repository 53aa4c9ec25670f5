/** The names of the server's update operators. Source: server, update/modifier_table.cpp. */
export const UPDATE_OPERATOR_NAMES = [
  '$addToSet',
  '$bit',
  '$currentDate',
  '$inc',
  '$max',
  '$min',
  '$mul',
  '$pop',
  '$pull',
  '$pullAll',
  '$push',
  '$rename',
  '$set',
  '$setOnInsert',
  '$unset',
] as const

export type UpdateOperatorName = (typeof UPDATE_OPERATOR_NAMES)[number]

const NAMES: ReadonlySet<string> = new Set(UPDATE_OPERATOR_NAMES)

export function isUpdateOperatorName(name: string): name is UpdateOperatorName {
  return NAMES.has(name)
}

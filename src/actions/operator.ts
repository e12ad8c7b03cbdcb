/** What the steps that ask a person have in common. */

/** Fields of `steps.<id>` once it is answered: the answer, who gave it (user@machine) and when (ISO 8601). */
export const OPERATOR_RESULTS: readonly string[] = ['answer', 'by', 'at'];

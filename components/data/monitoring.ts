/** User of each server that reads its statistics, and nothing else. */
export const monitoringUser = "monitoring";

/** Entry of a server's accepted Secret with that user's password. */
export const monitoringPasswordEntry = "monitoring-password";

variable "bucket_arns" {
  description = "The buckets that may be lent at all, as ARNs without a slash: the ceiling of every grant, and all that Daypass itself looks into."
  type        = list(string)
  default     = ["arn:aws:s3:::*"]
  validation {
    condition     = length(var.bucket_arns) > 0 && alltrue([for arn in var.bucket_arns : can(regex("^arn:aws[a-z-]*:s3:::[A-Za-z0-9*][A-Za-z0-9*._-]*$", arn))])
    error_message = "Write buckets as arn:aws:s3:::NAME, without a slash; at least one."
  }
}

variable "people_arns" {
  description = "The IAM users and roles on whom Daypass may put policies (delivery `policy`). Empty leaves that delivery out. Whoever may put a policy on somebody may put any policy there, so name them narrowly."
  type        = list(string)
  default     = []
  validation {
    condition     = alltrue([for arn in var.people_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(user|role)/[A-Za-z0-9*/+=,.@_-]+$", arn))])
    error_message = "Write people as arn:aws:iam::ACCOUNT:user/PATH or arn:aws:iam::ACCOUNT:role/PATH."
  }
}

variable "role_arns" {
  description = "The existing IAM roles that may be granted (kind `role`). Empty leaves them out. Each must trust Daypass too, and a session of one can do what its role can: name them narrowly."
  type        = list(string)
  default     = []
  validation {
    condition     = alltrue([for arn in var.role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9*/+=,.@_-]+$", arn))])
    error_message = "Write roles as arn:aws:iam::ACCOUNT:role/PATH."
  }
}

variable "runs_as" {
  description = "`role` where AWS gives the machine credentials (one session then lasts an hour at most); `user` elsewhere, and make its access key yourself."
  type        = string
  default     = "role"
  validation {
    condition     = contains(["role", "user"], var.runs_as)
    error_message = "runs_as is role or user."
  }
}

variable "principal_trust" {
  description = "With runs_as = \"role\": the trust policy of Daypass's own role, as JSON. By default EC2 may assume it."
  type        = string
  default     = null
}

variable "longest_session" {
  description = "Seconds that one session, and a link that it signed, may live: 3600 to 43200. More than 3600 only with runs_as = \"user\"."
  type        = number
  default     = 3600
  validation {
    condition     = var.longest_session >= 3600 && var.longest_session <= 43200
    error_message = "longest_session is 3600 to 43200 seconds."
  }
}

variable "tags" {
  description = "Tags of everything that is made here."
  type        = map(string)
  default     = {}
}

variable "installation" {
  description = "The id of this Daypass, once it has started: `daypass doctor` says it. Its roles are tagged with it, so that another Daypass that is set to the same broker role notices."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^([0-9a-f]{8})?$", var.installation))
    error_message = "An installation is named by 8 hexadecimal digits; daypass doctor says which."
  }
}

variable "journal_head_bucket" {
  description = "With DAYPASS_JOURNAL_HEAD = s3://bucket/key: the name of its bucket, which you make with versioning enabled. No session reaches it, whatever bucket_arns say; leave it out of them all the same. Empty where the head is a file."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$", var.journal_head_bucket))
    error_message = "Write the name of one bucket, such as acme-daypass."
  }
}

variable "journal_head_key" {
  description = "With DAYPASS_JOURNAL_HEAD = s3://bucket/key: its key."
  type        = string
  default     = "journal.head"
  validation {
    condition     = can(regex("^[A-Za-z0-9_.-][A-Za-z0-9_./-]*$", var.journal_head_key))
    error_message = "Write one key of letters, digits, and any of _ . - /, such as journal.head."
  }
}

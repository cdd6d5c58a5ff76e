"""Tables by noun: the record and its chain, facts for figures, exports."""

from apps.audit.models.event import AppendOnly, AuditEvent, AuditSeal, OperatorEvent, OperatorSeal
from apps.audit.models.export import ExportJob
from apps.audit.models.fact import AnalyticsFact

__all__ = ["AnalyticsFact", "AppendOnly", "AuditEvent", "AuditSeal", "ExportJob", "OperatorEvent", "OperatorSeal"]

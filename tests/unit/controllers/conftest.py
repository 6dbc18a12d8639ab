from tests.unit.controllers.toy_server import ask, toy

__all__ = ["ask", "toy"]

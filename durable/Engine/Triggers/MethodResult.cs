using System.Reflection;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>What a method returns, once whatever it returns has come to its end.</summary>
/// <param name="Type">The type of the value; <see cref="void"/> when there is none.</param>
/// <param name="ReadAsync">Waits for what the method returned and gives the value.</param>
internal sealed record MethodResult(Type Type, Func<object?, ValueTask<object?>> ReadAsync)
{
    internal static MethodResult Of(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(Task))
        {
            return new(typeof(void), static async task =>
            {
                await (Task)task!;
                return null;
            });
        }

        if (type == typeof(ValueTask))
        {
            return new(typeof(void), static async task =>
            {
                await (ValueTask)task!;
                return null;
            });
        }

        return type.IsGenericType switch
        {
            true when type.GetGenericTypeDefinition() == typeof(Task<>) => Generic(nameof(ReadTask), type),
            true when type.GetGenericTypeDefinition() == typeof(ValueTask<>) => Generic(nameof(ReadValueTask), type),
            _ => new(type, static value => new(value)),
        };
    }

    private static MethodResult Generic(string reader, Type type)
    {
        var value = type.GetGenericArguments()[0];
        var method = typeof(MethodResult).GetMethod(reader, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(value);
        return new(value, method.CreateDelegate<Func<object?, ValueTask<object?>>>());
    }

    // No ConfigureAwait(false) here: an orchestrator's continuations stay on its thread of control.
    private static async ValueTask<object?> ReadTask<T>(object? task) => await (Task<T>)task!;

    private static async ValueTask<object?> ReadValueTask<T>(object? task) => await (ValueTask<T>)task!;
}
